import { ContainerModule } from 'inversify';
import { TOKENS } from './tokens.js';

/** Operators keep order in the room. */
export const moderation = new ContainerModule(async ({ bind }) => {
  const [
    { Moderation },
    { RoomOrder },
    { ModerationRecord },
    { Operators },
    { ModerationTargets },
    { ModerateRoom },
  ] = await Promise.all([
    import('../domain/moderation.js'),
    import('../application/server/room-order.js'),
    import('../application/server/moderation-record.js'),
    import('../application/server/operators.js'),
    import('../application/server/moderation-targets.js'),
    import('../application/server/moderate-room.js'),
  ]);
  bind(TOKENS.RoomOrder).toResolvedValue(
    (networks, proofs, log) =>
      new RoomOrder(
        new Moderation((network, address) => networks.contains(network, address)),
        key => proofs.fingerprintOf(key),
        () => log.now(),
      ),
    [TOKENS.Networks, TOKENS.KeyProofs, TOKENS.RoomLog],
  );
  bind(TOKENS.ModerationTargets).toResolvedValue(
    (...parts) => new ModerationTargets(...parts),
    [TOKENS.ChatRoom, TOKENS.RoomOrder, TOKENS.Networks, TOKENS.NameOwnership],
  );
  bind(TOKENS.ModerationRecord).toResolvedValue(
    (room, order, log, roomLog) => new ModerationRecord(room, order.moderation, log, () => roomLog.now()),
    [TOKENS.ChatRoom, TOKENS.RoomOrder, TOKENS.ModerationLog, TOKENS.RoomLog],
  );
  bind(TOKENS.Operators).toResolvedValue(
    (...parts) => new Operators(...parts),
    [TOKENS.ChatRoom, TOKENS.RoomOrder, TOKENS.ModerationRecord, TOKENS.ResumeTokens],
  );
  bind(TOKENS.ModerateRoom).toResolvedValue(
    (feed, room, order, record, operators, log, ...others) =>
      new ModerateRoom(room, order, record, operators, log, ...others, () => log.now(), feed),
    [
      TOKENS.RoomFeed,
      TOKENS.ChatRoom,
      TOKENS.RoomOrder,
      TOKENS.ModerationRecord,
      TOKENS.Operators,
      TOKENS.RoomLog,
      TOKENS.LeaveUser,
      TOKENS.ModerationTargets,
    ],
  );
});
