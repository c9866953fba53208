// The full one, which class-transformer needs, before inversify comes with a smaller one of its own.
import 'reflect-metadata';
import { Container, ContainerModule, type ServiceIdentifier } from 'inversify';
import type { ClientConfig } from '../adapters/config/client-config.js';
import type { ServerConfig } from '../adapters/config/server-config.js';
import type { Conversation } from '../application/client/conversation.js';
import type { ChatView, NewLink } from '../application/client/ports.js';
import type { Bell } from '../application/client/preferences.js';
import type { SendOnce } from '../application/client/send-once.js';
import type { DisconnectUser } from '../application/server/disconnect-user.js';
import type { SessionPolicy } from '../application/server/handshake.js';
import type { JoinUser } from '../application/server/join-user.js';
import type { LeaveUser } from '../application/server/leave-user.js';
import type { OpenRoom } from '../application/server/open-room.js';
import type { Broadcaster, Logger, ResumeTokens, RoomLog, Transport } from '../application/server/ports.js';
import type { ListUsers, ReadHistory, SearchHistory } from '../application/server/queries.js';
import type { Replay } from '../application/server/replay.js';
import type { ResumeSession } from '../application/server/resume-session.js';
import type { RoomFeed } from '../application/server/room-feed.js';
import type { SendMessage } from '../application/server/send-message.js';
import type { Sessions } from '../application/server/sessions.js';
import type { UseCases } from '../application/server/use-cases.js';
import type { ChatRoom } from '../domain/chat-room.js';

// The composition root: the only file that knows inversify, and the only one that knows every adapter. Each module
// loads what it binds, so that a client starts without the parts of a server, and the other way round.

/** The names under which the parts are bound; the type of each is checked where it is asked for. */
export const TOKENS = {
  ServerConfig: token<ServerConfig>('ServerConfig'),
  ClientConfig: token<ClientConfig>('ClientConfig'),
  SessionPolicy: token<SessionPolicy>('SessionPolicy'),
  ChatRoom: token<ChatRoom>('ChatRoom'),
  Sessions: token<Sessions>('Sessions'),
  RoomFeed: token<RoomFeed>('RoomFeed'),
  OpenRoom: token<OpenRoom>('OpenRoom'),
  Replay: token<Replay>('Replay'),
  JoinUser: token<JoinUser>('JoinUser'),
  ResumeSession: token<ResumeSession>('ResumeSession'),
  SendMessage: token<SendMessage>('SendMessage'),
  LeaveUser: token<LeaveUser>('LeaveUser'),
  DisconnectUser: token<DisconnectUser>('DisconnectUser'),
  ListUsers: token<ListUsers>('ListUsers'),
  ReadHistory: token<ReadHistory>('ReadHistory'),
  SearchHistory: token<SearchHistory>('SearchHistory'),
  UseCases: token<UseCases>('UseCases'),
  Conversation: token<Conversation>('Conversation'),
  SendOnce: token<SendOnce>('SendOnce'),
  RoomLog: token<RoomLog>('RoomLog'),
  ResumeTokens: token<ResumeTokens>('ResumeTokens'),
  Broadcaster: token<Broadcaster>('Broadcaster'),
  Transport: token<Transport>('Transport'),
  Logger: token<Logger>('Logger'),
  NewLink: token<NewLink>('NewLink'),
  ChatView: token<ChatView>('ChatView'),
  OnBell: token<OnBell>('OnBell'),
};

/** Told when a person chooses at the prompt when the terminal is to ring. */
export type OnBell = (bell: Bell) => void;

/** Everything that a server is made of. Swap an adapter by rebinding its token before the first `get`. */
export async function serverContainer(config: ServerConfig): Promise<Container> {
  const container = new Container({ defaultScope: 'Singleton' });
  container.bind(TOKENS.ServerConfig).toConstantValue(config);
  const history = config.history === 'memory' ? memoryHistory : sqliteHistory;
  await container.loadAsync(room, useCases, history, randomTokens, sharedLog, tcpListen, pinoLogger);
  return container;
}

/** Everything that a client is made of that talks. */
export async function clientContainer(config: ClientConfig, onBell: OnBell = () => {}): Promise<Container> {
  const container = new Container({ defaultScope: 'Singleton' });
  container.bind(TOKENS.ClientConfig).toConstantValue(config);
  container.bind(TOKENS.OnBell).toConstantValue(onBell);
  await container.loadAsync(conversation, tcpConnect, viewOf(config));
  return container;
}

/** Everything that a client is made of that says something and goes. */
export async function senderContainer(config: ClientConfig): Promise<Container> {
  const container = new Container({ defaultScope: 'Singleton' });
  container.bind(TOKENS.ClientConfig).toConstantValue(config);
  await container.loadAsync(sending, tcpConnect);
  return container;
}

/** Comings and goings that are kept, beside the messages. */
const MAX_PRESENCE = 50_000;
/** Most messages that a history in memory keeps, whatever is asked for. */
const MAX_MEMORY_MESSAGES = 10_000;
const DAY_MS = 24 * 60 * 60 * 1000;

const room = new ContainerModule(async ({ bind }) => {
  const [{ ChatRoom }, { Sessions }, { RoomFeed }] = await Promise.all([
    import('../domain/chat-room.js'),
    import('../application/server/sessions.js'),
    import('../application/server/room-feed.js'),
  ]);
  bind(TOKENS.ChatRoom).toResolvedValue(
    ({ maxUsernameLength, maxMessageBytes }) => new ChatRoom({ maxUsernameLength, maxMessageBytes }),
    [TOKENS.ServerConfig],
  );
  bind(TOKENS.SessionPolicy).toResolvedValue(
    ({ graceSeconds, silenceTimeoutSeconds, joinHistory, maxConnections }) => ({
      graceMs: graceSeconds * 1000,
      silenceMs: silenceTimeoutSeconds * 1000,
      maxJoinHistory: joinHistory,
      maxAway: maxConnections,
    }),
    [TOKENS.ServerConfig],
  );
  bind(TOKENS.Sessions).toResolvedValue(() => new Sessions());
  bind(TOKENS.RoomFeed).toResolvedValue(
    (log, broadcaster) => new RoomFeed(log, broadcaster),
    [TOKENS.RoomLog, TOKENS.Broadcaster],
  );
});

const useCases = new ContainerModule(async ({ bind }) => {
  const [
    { Replay },
    { OpenRoom },
    { JoinUser },
    { ResumeSession },
    { SendMessage },
    { LeaveUser },
    { DisconnectUser },
    { ListUsers, ReadHistory, SearchHistory },
  ] = await Promise.all([
    import('../application/server/replay.js'),
    import('../application/server/open-room.js'),
    import('../application/server/join-user.js'),
    import('../application/server/resume-session.js'),
    import('../application/server/send-message.js'),
    import('../application/server/leave-user.js'),
    import('../application/server/disconnect-user.js'),
    import('../application/server/queries.js'),
  ]);
  const {
    ChatRoom: chatRoom,
    RoomLog: log,
    RoomFeed: feed,
    Sessions: sessions,
    SessionPolicy: host,
  } = TOKENS;
  bind(TOKENS.OpenRoom).toResolvedValue(
    (...parts) => new OpenRoom(...parts),
    [chatRoom, log, feed, sessions, TOKENS.DisconnectUser],
  );
  bind(TOKENS.Replay).toResolvedValue(
    ({ stallTimeoutSeconds }) => new Replay(stallTimeoutSeconds * 1000),
    [TOKENS.ServerConfig],
  );
  bind(TOKENS.JoinUser).toResolvedValue(
    (...parts) => new JoinUser(...parts),
    [chatRoom, log, feed, sessions, TOKENS.ResumeTokens, TOKENS.ResumeSession, TOKENS.Replay, host],
  );
  bind(TOKENS.ResumeSession).toResolvedValue(
    (...parts) => new ResumeSession(...parts),
    [chatRoom, log, feed, sessions, TOKENS.Replay, host],
  );
  bind(TOKENS.SendMessage).toResolvedValue((...parts) => new SendMessage(...parts), [chatRoom, log]);
  bind(TOKENS.LeaveUser).toResolvedValue((...parts) => new LeaveUser(...parts), [chatRoom, sessions, log]);
  bind(TOKENS.DisconnectUser).toResolvedValue(
    (stays, leaveUser, roomFeed, { graceMs, maxAway }) =>
      new DisconnectUser(stays, leaveUser, roomFeed, graceMs, maxAway),
    [sessions, TOKENS.LeaveUser, feed, host],
  );
  bind(TOKENS.ListUsers).toResolvedValue((...parts) => new ListUsers(...parts), [chatRoom, sessions, log]);
  bind(TOKENS.ReadHistory).toResolvedValue(history => new ReadHistory(history), [log]);
  bind(TOKENS.SearchHistory).toResolvedValue(history => new SearchHistory(history), [log]);
  bind(TOKENS.UseCases).toResolvedValue(
    (joinUser, sendMessage, leaveUser, disconnectUser, listUsers, readHistory, searchHistory) => ({
      joinUser,
      sendMessage,
      leaveUser,
      disconnectUser,
      listUsers,
      readHistory,
      searchHistory,
    }),
    [
      TOKENS.JoinUser,
      TOKENS.SendMessage,
      TOKENS.LeaveUser,
      TOKENS.DisconnectUser,
      TOKENS.ListUsers,
      TOKENS.ReadHistory,
      TOKENS.SearchHistory,
    ],
  );
});

const sqliteHistory = new ContainerModule(async ({ bind }) => {
  const { SqliteRoomLog } = await import('../adapters/sqlite/sqlite-event-store.js');
  bind(TOKENS.RoomLog).toResolvedValue(
    ({ dataDir, synchronous, keepMessages, keepDays }, log) =>
      new SqliteRoomLog({
        folder: dataDir,
        synchronous,
        maxMessages: keepMessages,
        maxPresence: MAX_PRESENCE,
        maxAgeMs: keepDays * DAY_MS,
        log,
      }),
    [TOKENS.ServerConfig, TOKENS.Logger],
  );
});

const memoryHistory = new ContainerModule(async ({ bind }) => {
  const { MemoryRoomLog } = await import('../adapters/memory/memory-event-store.js');
  bind(TOKENS.RoomLog).toResolvedValue(
    ({ keepMessages, keepDays }) =>
      new MemoryRoomLog({
        maxMessages: Math.min(keepMessages, MAX_MEMORY_MESSAGES),
        maxPresence: MAX_MEMORY_MESSAGES,
        maxAgeMs: keepDays * DAY_MS,
      }),
    [TOKENS.ServerConfig],
  );
});

const randomTokens = new ContainerModule(async ({ bind }) => {
  const { RandomTokens } = await import('../adapters/random/random-tokens.js');
  bind(TOKENS.ResumeTokens).toResolvedValue(() => new RandomTokens());
});

const sharedLog = new ContainerModule(async ({ bind }) => {
  const { SharedLogBroadcaster } = await import('../adapters/shared-log/shared-log-broadcaster.js');
  bind(TOKENS.Broadcaster).toResolvedValue(
    ({ maxLogBytes, stallTimeoutSeconds, coalesceMs }) =>
      new SharedLogBroadcaster({ maxLogBytes, stallTimeoutMs: stallTimeoutSeconds * 1000, coalesceMs }),
    [TOKENS.ServerConfig],
  );
});

const tcpListen = new ContainerModule(async ({ bind }) => {
  const { TcpServer } = await import('../adapters/tcp/listen/tcp-server.js');
  bind(TOKENS.Transport).toResolvedValue(
    (config, cases, feed, log) =>
      new TcpServer(
        {
          ...config,
          joinTimeoutMs: config.joinTimeoutSeconds * 1000,
          silenceMs: config.silenceTimeoutSeconds * 1000,
          keepAliveMs: config.keepAliveSeconds * 1000,
        },
        cases,
        feed,
        log,
      ),
    [TOKENS.ServerConfig, TOKENS.UseCases, TOKENS.RoomFeed, TOKENS.Logger],
  );
});

const pinoLogger = new ContainerModule(async ({ bind }) => {
  const { createPinoLogger } = await import('../adapters/pino/pino-logger.js');
  bind(TOKENS.Logger).toResolvedValue(
    ({ logLevel }) => createPinoLogger(logLevel, process.stderr),
    [TOKENS.ServerConfig],
  );
});

const conversation = new ContainerModule(async ({ bind }) => {
  const { Conversation } = await import('../application/client/conversation.js');
  bind(TOKENS.Conversation).toResolvedValue(
    (newLink, view, { history, retryForSeconds }) =>
      new Conversation(newLink, view, {
        history,
        ...(retryForSeconds !== undefined && { retryForMs: retryForSeconds * 1000 }),
      }),
    [TOKENS.NewLink, TOKENS.ChatView, TOKENS.ClientConfig],
  );
});

const sending = new ContainerModule(async ({ bind }) => {
  const { SendOnce } = await import('../application/client/send-once.js');
  bind(TOKENS.SendOnce).toResolvedValue(
    (newLink, { retryForSeconds }) =>
      new SendOnce(newLink, retryForSeconds === undefined ? {} : { retryForMs: retryForSeconds * 1000 }),
    [TOKENS.NewLink, TOKENS.ClientConfig],
  );
});

const tcpConnect = new ContainerModule(async ({ bind }) => {
  const [{ LineLink }, { dialTcp }] = await Promise.all([
    import('../adapters/wire/connect/line-link.js'),
    import('../adapters/tcp/connect/dial-tcp.js'),
  ]);
  bind(TOKENS.NewLink).toResolvedValue(
    ({ host, port }) =>
      () =>
        new LineLink(() => dialTcp({ host, port })),
    [TOKENS.ClientConfig],
  );
});

/** How the person, or the program, at the client is shown what happens. */
function viewOf({ json, plain }: ClientConfig): ContainerModule {
  const { stdin, stdout, env } = process;
  if (json) return jsonView;
  if (!stdin.isTTY || !stdout.isTTY) return pipeView;
  return plain || env.TERM === 'dumb' ? plainView : terminalView;
}

const jsonView = new ContainerModule(async ({ bind }) => {
  const { JsonView } = await import('../adapters/terminal/json/json-view.js');
  bind(TOKENS.ChatView).toResolvedValue(() => new JsonView(process.stdin, process.stdout));
});

const pipeView = new ContainerModule(async ({ bind }) => {
  const { PipeView } = await import('../adapters/terminal/pipe-view.js');
  bind(TOKENS.ChatView).toResolvedValue(() => new PipeView(process.stdin, process.stdout));
});

const plainView = new ContainerModule(async ({ bind }) => {
  const { PlainView } = await import('../adapters/terminal/plain-view.js');
  bind(TOKENS.ChatView).toResolvedValue(
    ({ bell }, onBell) => new PlainView(process.stdin, process.stdout, { bell, onBell }),
    [TOKENS.ClientConfig, TOKENS.OnBell],
  );
});

const terminalView = new ContainerModule(async ({ bind }) => {
  const [{ TerminalView }, { tierOf }] = await Promise.all([
    import('../adapters/terminal/terminal-view.js'),
    import('../adapters/terminal/line-editor/color.js'),
  ]);
  bind(TOKENS.ChatView).toResolvedValue(
    ({ color, bell, notify }, onBell) =>
      new TerminalView(process.stdin, process.stdout, {
        tier: tierOf(color, process.env, true),
        bell,
        notify,
        onBell,
      }),
    [TOKENS.ClientConfig, TOKENS.OnBell],
  );
});

function token<T>(name: string): ServiceIdentifier<T> {
  return Symbol(name) as ServiceIdentifier<T>;
}
