import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { ContainerModule } from 'inversify';
import { historyOf } from '../adapters/config/history.js';
import type { ServerConfig } from '../adapters/config/server-config.js';
import { TOKENS } from './tokens.js';

/** How many bytes the log of a room has for each that its messages may take: what people do besides is in it as well. */
const LOG_SHARE = 4;

/**
 * What servers of one room have to agree in: how the fold decides, and what characters are to it. To be counted up with each
 * change after which a fold of the same entries comes to another result.
 */
const RULES = `1, Unicode ${process.versions.unicode}`;

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
    (journal, copies, { now: { port, lostLog } }, logger, meter) => {
      const options = {
        rules: RULES,
        name: `${hostname()}:${port}, process ${process.pid}`,
        newIncarnation: () => randomBytes(9).toString('base64url'),
        acceptsLoss: lostLog === 'accept',
      };
      return new ReplicatedRoomLog(journal, copies, options, logger, meter);
    },
    [TOKENS.Journal, TOKENS.RoomCopies, TOKENS.LiveSettings, TOKENS.Logger, TOKENS.Meter],
  );
});

function connectionOf({ history, room, natsCreds, natsTlsCa, natsTlsCert, natsTlsKey }: ServerConfig) {
  const brokers = historyOf(history);
  if (brokers.kind !== 'nats') throw new Error('the history is not with brokers');
  const files = {
    credsFile: natsCreds,
    caFile: natsTlsCa,
    certFile: natsTlsCert,
    keyFile: natsTlsKey,
  };
  return { ...brokers, ...files, name: `chatty ${room}` };
}

/** What the streams are made with. How long they keep what is said is their operator's afterwards. */
function streamsOf({ room, replicas, keepMs, keepBytes }: ServerConfig) {
  return { room, replicas: Number(replicas), maxAgeMs: keepMs, maxBytes: keepBytes * LOG_SHARE };
}
