import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { ContainerModule } from 'inversify';
import { connectionOf, streamsOf } from './brokers-of.js';
import { TOKENS } from './tokens.js';

/**
 * What servers of one room have to agree in: how the fold decides, and what characters are to it. To be counted up with each
 * change after which a fold of the same entries comes to another result.
 */
const RULES = `2, Unicode ${process.versions.unicode}`;

/** The order of a room on several servers, and what they keep together, with NATS brokers. */
export const nats = new ContainerModule(async ({ bind }) => {
  const [
    { NatsConnection },
    { NatsJournal },
    { NatsClaimStore },
    { NatsModerationLog },
    { ReplicatedRoomLog },
  ] = await Promise.all([
    import('../adapters/nats/nats-connection.js'),
    import('../adapters/nats/nats-journal.js'),
    import('../adapters/nats/nats-claim-store.js'),
    import('../adapters/nats/nats-moderation-log.js'),
    import('../application/server/cluster/replicated-room-log.js'),
  ]);
  bind(TOKENS.NatsConnection).toResolvedValue(
    ({ now }) => new NatsConnection(connectionOf(now)),
    [TOKENS.LiveSettings],
  );
  bind(TOKENS.ClaimStore).toResolvedValue(
    (connection, { now }) => new NatsClaimStore(connection, streamsOf(now)),
    [TOKENS.NatsConnection, TOKENS.LiveSettings],
  );
  bind(TOKENS.ModerationLog).toResolvedValue(
    (connection, { now }, networks) => {
      const isNetwork = (text: string) => networks.parse(text) !== undefined;
      return new NatsModerationLog(connection, streamsOf(now), isNetwork);
    },
    [TOKENS.NatsConnection, TOKENS.LiveSettings, TOKENS.Networks],
  );
  bind(TOKENS.Journal).toResolvedValue(
    (connection, { now }) => new NatsJournal(connection, streamsOf(now)),
    [TOKENS.NatsConnection, TOKENS.LiveSettings],
  );
  bind(TOKENS.RoomLog).toResolvedValue(
    (journal, copies, settings, logger, meter) => {
      const { port, lostLog } = settings.now;
      const options = {
        rules: RULES,
        name: `${hostname()}:${port}, process ${process.pid}`,
        newIncarnation: () => randomBytes(9).toString('base64url'),
        acceptsLoss: lostLog === 'accept',
        waitMs: () => settings.now.graceMs,
      };
      return new ReplicatedRoomLog(journal, copies, options, logger, meter);
    },
    [TOKENS.Journal, TOKENS.RoomCopies, TOKENS.LiveSettings, TOKENS.Logger, TOKENS.Meter],
  );
});

/** The claims of a room that is with brokers, as its operator handles them. */
export const natsClaims = new ContainerModule(async ({ bind }) => {
  const [{ NatsConnection }, { NatsClaimStore }] = await Promise.all([
    import('../adapters/nats/nats-connection.js'),
    import('../adapters/nats/nats-claim-store.js'),
  ]);
  bind(TOKENS.ClaimStore).toResolvedValue(
    ({ now }) =>
      new NatsClaimStore(new NatsConnection(connectionOf(now)), { ...streamsOf(now), isThere: true }),
    [TOKENS.LiveSettings],
  );
});
