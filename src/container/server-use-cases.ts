import { ContainerModule } from 'inversify';
import { TOKENS } from './tokens.js';

/** What users may do, whichever transport they come through. */
export const useCases = new ContainerModule(async ({ bind }) => {
  const [
    { Replay },
    { JoinUser },
    { ResumeSession },
    { SendMessage },
    { LeaveUser },
    { DisconnectUser },
    { AnswerRequest },
    { UseCases },
  ] = await Promise.all([
    import('../application/server/replay.js'),
    import('../application/server/join-user.js'),
    import('../application/server/resume-session.js'),
    import('../application/server/send-message.js'),
    import('../application/server/leave-user.js'),
    import('../application/server/disconnect-user.js'),
    import('../application/server/answer-request.js'),
    import('../application/server/use-cases.js'),
  ]);
  const { ChatRoom, RoomLog, RoomFeed, SessionPolicy, NameOwnership } = TOKENS;
  bind(SessionPolicy).toResolvedValue(
    settings =>
      settings.view(config => ({
        graceMs: config.graceMs,
        silenceMs: config.silenceTimeoutMs,
        maxJoinHistory: config.joinHistory,
        maxAway: config.maxConnections,
        maxAwayOfOne: config.maxConnectionsPerAddress,
      })),
    [TOKENS.LiveSettings],
  );
  bind(TOKENS.Replay).toResolvedValue(
    settings => new Replay(settings.view(({ stallTimeoutMs }) => ({ stallMs: stallTimeoutMs }))),
    [TOKENS.LiveSettings],
  );
  bind(TOKENS.JoinUser).toResolvedValue(
    (...parts) => new JoinUser(...parts),
    [
      ChatRoom,
      RoomLog,
      RoomFeed,
      TOKENS.ResumeTokens,
      TOKENS.ResumeSession,
      TOKENS.Replay,
      SessionPolicy,
      TOKENS.DisconnectUser,
      NameOwnership,
      TOKENS.ProveKey,
      TOKENS.RoomOrder,
      TOKENS.Logger,
    ],
  );
  bind(TOKENS.ResumeSession).toResolvedValue(
    (...parts) => new ResumeSession(...parts),
    [ChatRoom, RoomLog, RoomFeed, TOKENS.Replay, SessionPolicy],
  );
  bind(TOKENS.SendMessage).toResolvedValue(
    (...parts) => new SendMessage(...parts),
    [ChatRoom, RoomLog, TOKENS.RoomOrder],
  );
  bind(TOKENS.LeaveUser).toResolvedValue(
    (...parts) => new LeaveUser(...parts),
    [ChatRoom, RoomLog, NameOwnership, TOKENS.Logger],
  );
  bind(TOKENS.DisconnectUser).toResolvedValue(
    (...parts) => new DisconnectUser(...parts),
    [ChatRoom, TOKENS.LeaveUser, RoomFeed, SessionPolicy],
  );
  bind(TOKENS.AnswerRequest).toResolvedValue(
    (...parts) => new AnswerRequest(...parts),
    [ChatRoom, RoomLog, TOKENS.ChangeKeys, TOKENS.ModerateRoom],
  );
  bind(TOKENS.UseCases).toResolvedValue(
    (...parts) => new UseCases(...parts),
    [
      TOKENS.JoinUser,
      TOKENS.SendMessage,
      TOKENS.LeaveUser,
      TOKENS.DisconnectUser,
      TOKENS.AnswerRequest,
      TOKENS.ProveKey,
    ],
  );
});
