import { Container, ContainerModule, type ServiceIdentifier } from 'inversify';
import type { ClientConfig } from './adapters/config/client-config.js';
import type { ServerConfig } from './adapters/config/server-config.js';
import { MemoryRoomLog } from './adapters/memory/memory-room-log.js';
import { createPinoLog } from './adapters/pino/pino-log.js';
import { RandomTokens } from './adapters/random/random-tokens.js';
import { SharedLogBroadcaster } from './adapters/shared-log/shared-log-broadcaster.js';
import { SqliteRoomLog } from './adapters/sqlite/sqlite-room-log.js';
import { TcpLink } from './adapters/tcp/connect/tcp-link.js';
import { TcpServer } from './adapters/tcp/listen/tcp-server.js';
import { PipeView } from './adapters/terminal/pipe-view.js';
import { TerminalView } from './adapters/terminal/terminal-view.js';
import type { Hospitality } from './application/arrival.js';
import { CatchUp } from './application/catch-up.js';
import { Conversation } from './application/conversation.js';
import { JoinUser } from './application/join-user.js';
import { LeaveUser } from './application/leave-user.js';
import { LoseUser } from './application/lose-user.js';
import { OpenRoom } from './application/open-room.js';
import type {
  Broadcaster,
  ChatView,
  Log,
  NewLink,
  ResumeTokens,
  RoomLog,
  RoomServer,
} from './application/ports.js';
import { ListUsers, ReadHistory, SearchHistory } from './application/queries.js';
import { ResumeSession } from './application/resume-session.js';
import { RoomFeed } from './application/room-feed.js';
import { SendMessage } from './application/send-message.js';
import { Sessions } from './application/sessions.js';
import { ChatRoom } from './domain/chat-room.js';

// The composition root: the only file that knows inversify, and the only one that knows every adapter.

/** The names under which the parts are bound; the type of each is checked where it is asked for. */
export const TOKENS = {
  ServerConfig: token<ServerConfig>('ServerConfig'),
  ClientConfig: token<ClientConfig>('ClientConfig'),
  Hospitality: token<Hospitality>('Hospitality'),
  ChatRoom: token<ChatRoom>('ChatRoom'),
  Sessions: token<Sessions>('Sessions'),
  RoomFeed: token<RoomFeed>('RoomFeed'),
  OpenRoom: token<OpenRoom>('OpenRoom'),
  CatchUp: token<CatchUp>('CatchUp'),
  JoinUser: token<JoinUser>('JoinUser'),
  ResumeSession: token<ResumeSession>('ResumeSession'),
  SendMessage: token<SendMessage>('SendMessage'),
  LeaveUser: token<LeaveUser>('LeaveUser'),
  LoseUser: token<LoseUser>('LoseUser'),
  ListUsers: token<ListUsers>('ListUsers'),
  ReadHistory: token<ReadHistory>('ReadHistory'),
  SearchHistory: token<SearchHistory>('SearchHistory'),
  Conversation: token<Conversation>('Conversation'),
  RoomLog: token<RoomLog>('RoomLog'),
  ResumeTokens: token<ResumeTokens>('ResumeTokens'),
  Broadcaster: token<Broadcaster>('Broadcaster'),
  RoomServer: token<RoomServer>('RoomServer'),
  Log: token<Log>('Log'),
  NewLink: token<NewLink>('NewLink'),
  ChatView: token<ChatView>('ChatView'),
};

/** Everything that a server is made of. Swap an adapter by rebinding its token before the first `get`. */
export function serverContainer(config: ServerConfig): Container {
  const container = new Container({ defaultScope: 'Singleton' });
  container.bind(TOKENS.ServerConfig).toConstantValue(config);
  const history = config.history === 'memory' ? memoryHistory : sqliteHistory;
  container.load(room, useCases, history, randomTokens, sharedLog, tcpListen, pinoLog);
  return container;
}

/** Everything that a client is made of. */
export function clientContainer(config: ClientConfig): Container {
  const container = new Container({ defaultScope: 'Singleton' });
  container.bind(TOKENS.ClientConfig).toConstantValue(config);
  container.load(conversation, tcpConnect, terminal);
  return container;
}

/** Comings and goings that are kept, beside the messages. */
const MAX_PRESENCE = 50_000;
/** Most messages that a history in memory keeps, whatever is asked for. */
const MAX_MEMORY_MESSAGES = 10_000;
const DAY_MS = 24 * 60 * 60 * 1000;

const room = new ContainerModule(({ bind }) => {
  bind(TOKENS.ChatRoom).toResolvedValue(
    ({ maxUsernameLength, maxMessageBytes }) => new ChatRoom({ maxUsernameLength, maxMessageBytes }),
    [TOKENS.ServerConfig],
  );
  bind(TOKENS.Hospitality).toResolvedValue(
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

const useCases = new ContainerModule(({ bind }) => {
  const { ChatRoom: chatRoom, RoomLog: log, RoomFeed: feed, Sessions: sessions, Hospitality: host } = TOKENS;
  bind(TOKENS.OpenRoom).toResolvedValue(
    (...parts) => new OpenRoom(...parts),
    [chatRoom, log, feed, sessions, TOKENS.LoseUser],
  );
  bind(TOKENS.CatchUp).toResolvedValue(
    ({ stallTimeoutSeconds }) => new CatchUp(stallTimeoutSeconds * 1000),
    [TOKENS.ServerConfig],
  );
  bind(TOKENS.JoinUser).toResolvedValue(
    (...parts) => new JoinUser(...parts),
    [chatRoom, log, feed, sessions, TOKENS.ResumeTokens, TOKENS.ResumeSession, TOKENS.CatchUp, host],
  );
  bind(TOKENS.ResumeSession).toResolvedValue(
    (...parts) => new ResumeSession(...parts),
    [chatRoom, log, feed, sessions, TOKENS.CatchUp, host],
  );
  bind(TOKENS.SendMessage).toResolvedValue((...parts) => new SendMessage(...parts), [chatRoom, log]);
  bind(TOKENS.LeaveUser).toResolvedValue((...parts) => new LeaveUser(...parts), [chatRoom, sessions, log]);
  bind(TOKENS.LoseUser).toResolvedValue(
    (stays, leaveUser, roomFeed, { graceMs, maxAway }) =>
      new LoseUser(stays, leaveUser, roomFeed, graceMs, maxAway),
    [sessions, TOKENS.LeaveUser, feed, host],
  );
  bind(TOKENS.ListUsers).toResolvedValue((...parts) => new ListUsers(...parts), [chatRoom, sessions, log]);
  bind(TOKENS.ReadHistory).toResolvedValue(history => new ReadHistory(history), [log]);
  bind(TOKENS.SearchHistory).toResolvedValue(history => new SearchHistory(history), [log]);
});

const sqliteHistory = new ContainerModule(({ bind }) => {
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
    [TOKENS.ServerConfig, TOKENS.Log],
  );
});

const memoryHistory = new ContainerModule(({ bind }) => {
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

const randomTokens = new ContainerModule(({ bind }) => {
  bind(TOKENS.ResumeTokens).toResolvedValue(() => new RandomTokens());
});

const sharedLog = new ContainerModule(({ bind }) => {
  bind(TOKENS.Broadcaster).toResolvedValue(
    ({ maxLogBytes, stallTimeoutSeconds, coalesceMs }) =>
      new SharedLogBroadcaster({ maxLogBytes, stallTimeoutMs: stallTimeoutSeconds * 1000, coalesceMs }),
    [TOKENS.ServerConfig],
  );
});

const tcpListen = new ContainerModule(({ bind }) => {
  bind(TOKENS.RoomServer).toResolvedValue(
    (config, joinUser, sendMessage, leaveUser, loseUser, listUsers, readHistory, searchHistory, feed, log) =>
      new TcpServer(
        {
          ...config,
          joinTimeoutMs: config.joinTimeoutSeconds * 1000,
          silenceMs: config.silenceTimeoutSeconds * 1000,
          keepAliveMs: config.keepAliveSeconds * 1000,
        },
        { joinUser, sendMessage, leaveUser, loseUser, listUsers, readHistory, searchHistory },
        feed,
        log,
      ),
    [
      TOKENS.ServerConfig,
      TOKENS.JoinUser,
      TOKENS.SendMessage,
      TOKENS.LeaveUser,
      TOKENS.LoseUser,
      TOKENS.ListUsers,
      TOKENS.ReadHistory,
      TOKENS.SearchHistory,
      TOKENS.RoomFeed,
      TOKENS.Log,
    ],
  );
});

const pinoLog = new ContainerModule(({ bind }) => {
  bind(TOKENS.Log).toResolvedValue(
    ({ logLevel }) => createPinoLog(logLevel, process.stderr),
    [TOKENS.ServerConfig],
  );
});

const conversation = new ContainerModule(({ bind }) => {
  bind(TOKENS.Conversation).toResolvedValue(
    (newLink, view, { history, retryForSeconds }) =>
      new Conversation(newLink, view, {
        history,
        ...(retryForSeconds !== undefined && { retryForMs: retryForSeconds * 1000 }),
      }),
    [TOKENS.NewLink, TOKENS.ChatView, TOKENS.ClientConfig],
  );
});

const tcpConnect = new ContainerModule(({ bind }) => {
  bind(TOKENS.NewLink).toResolvedValue(
    ({ host, port }) =>
      () =>
        new TcpLink({ host, port }),
    [TOKENS.ClientConfig],
  );
});

const terminal = new ContainerModule(({ bind }) => {
  bind(TOKENS.ChatView).toResolvedValue(() =>
    process.stdin.isTTY && process.stdout.isTTY
      ? new TerminalView(process.stdin, process.stdout)
      : new PipeView(process.stdin, process.stdout),
  );
});

function token<T>(name: string): ServiceIdentifier<T> {
  return Symbol(name) as ServiceIdentifier<T>;
}
