import { ContainerModule } from 'inversify';
import { TOKENS } from './tokens.js';

/** Operators keep order in the room. */
export const moderation = new ContainerModule(async ({ bind }) => {
  const [{ Moderation }, { RoomOrder }, { ModerateRoom }] = await Promise.all([
    import('../domain/moderation.js'),
    import('../application/server/room-order.js'),
    import('../application/server/moderate-room.js'),
  ]);
  bind(TOKENS.RoomOrder).toResolvedValue(
    (networks, proofs) =>
      new RoomOrder(new Moderation((network, address) => networks.contains(network, address)), key =>
        proofs.fingerprintOf(key),
      ),
    [TOKENS.Networks, TOKENS.KeyProofs],
  );
  bind(TOKENS.ModerateRoom).toResolvedValue(
    (...parts) => new ModerateRoom(...parts),
    [
      TOKENS.ChatRoom,
      TOKENS.RoomOrder,
      TOKENS.ModerationLog,
      TOKENS.RoomLog,
      TOKENS.LeaveUser,
      TOKENS.Networks,
      TOKENS.ResumeTokens,
    ],
  );
});
