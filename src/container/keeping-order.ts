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
    (networks, proofs) =>
      new RoomOrder(new Moderation((network, address) => networks.contains(network, address)), key =>
        proofs.fingerprintOf(key),
      ),
    [TOKENS.Networks, TOKENS.KeyProofs],
  );
  bind(TOKENS.ModerationTargets).toResolvedValue(
    (...parts) => new ModerationTargets(...parts),
    [TOKENS.ChatRoom, TOKENS.RoomOrder, TOKENS.Networks, TOKENS.NameOwnership],
  );
  bind(TOKENS.ModerationRecord).toResolvedValue(
    (room, order, log) => new ModerationRecord(room, order.moderation, log),
    [TOKENS.ChatRoom, TOKENS.RoomOrder, TOKENS.ModerationLog],
  );
  bind(TOKENS.Operators).toResolvedValue(
    (...parts) => new Operators(...parts),
    [TOKENS.ChatRoom, TOKENS.RoomOrder, TOKENS.ModerationRecord, TOKENS.ResumeTokens],
  );
  bind(TOKENS.ModerateRoom).toResolvedValue(
    (feed, ...parts) => new ModerateRoom(...parts, undefined, feed),
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
