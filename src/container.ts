import { Container, ContainerModule, type ServiceIdentifier } from 'inversify';
import type { ClientConfig } from './adapters/config/client-config.js';
import type { ServerConfig } from './adapters/config/server-config.js';
import { createPinoLog } from './adapters/pino/pino-log.js';
import { SharedLogBroadcaster } from './adapters/shared-log/shared-log-broadcaster.js';
import { TcpLink } from './adapters/tcp/connect/tcp-link.js';
import { TcpServer } from './adapters/tcp/listen/tcp-server.js';
import { PipeView } from './adapters/terminal/pipe-view.js';
import { TerminalView } from './adapters/terminal/terminal-view.js';
import { Conversation } from './application/conversation.js';
import { JoinUser } from './application/join-user.js';
import { LeaveUser } from './application/leave-user.js';
import type { Broadcaster, ChatView, Log, RoomLink, RoomServer } from './application/ports.js';
import { SendMessage } from './application/send-message.js';
import { ChatRoom } from './domain/chat-room.js';
import type { SessionId } from './domain/user.js';

// The composition root: the only file that knows inversify, and the only one that knows every adapter.

/** The names under which the parts are bound; the type of each is checked where it is asked for. */
export const TOKENS = {
  ServerConfig: token<ServerConfig>('ServerConfig'),
  ClientConfig: token<ClientConfig>('ClientConfig'),
  ChatRoom: token<ChatRoom>('ChatRoom'),
  NextSession: token<() => SessionId>('NextSession'),
  JoinUser: token<JoinUser>('JoinUser'),
  SendMessage: token<SendMessage>('SendMessage'),
  LeaveUser: token<LeaveUser>('LeaveUser'),
  Conversation: token<Conversation>('Conversation'),
  Broadcaster: token<Broadcaster>('Broadcaster'),
  RoomServer: token<RoomServer>('RoomServer'),
  Log: token<Log>('Log'),
  RoomLink: token<RoomLink>('RoomLink'),
  ChatView: token<ChatView>('ChatView'),
};

/** Everything that a server is made of. Swap an adapter by rebinding its token before the first `get`. */
export function serverContainer(config: ServerConfig): Container {
  const container = new Container({ defaultScope: 'Singleton' });
  container.bind(TOKENS.ServerConfig).toConstantValue(config);
  container.load(room, useCases, sharedLog, tcpListen, pinoLog);
  return container;
}

/** Everything that a client is made of. */
export function clientContainer(config: ClientConfig): Container {
  const container = new Container({ defaultScope: 'Singleton' });
  container.bind(TOKENS.ClientConfig).toConstantValue(config);
  container.load(conversation, tcpConnect, terminal);
  return container;
}

const room = new ContainerModule(({ bind }) => {
  bind(TOKENS.ChatRoom).toResolvedValue(
    ({ maxUsernameLength, maxMessageBytes }) => new ChatRoom({ maxUsernameLength, maxMessageBytes }),
    [TOKENS.ServerConfig],
  );
  let sessions = 0;
  bind(TOKENS.NextSession).toConstantValue(() => ++sessions);
});

const useCases = new ContainerModule(({ bind }) => {
  const needs = [TOKENS.ChatRoom, TOKENS.Broadcaster] as const;
  bind(TOKENS.JoinUser).toResolvedValue((...parts) => new JoinUser(...parts), [...needs]);
  bind(TOKENS.SendMessage).toResolvedValue((...parts) => new SendMessage(...parts), [...needs]);
  bind(TOKENS.LeaveUser).toResolvedValue((...parts) => new LeaveUser(...parts), [...needs]);
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
    (config, joinUser, sendMessage, leaveUser, broadcaster, nextSession, log) =>
      new TcpServer(
        {
          ...config,
          joinTimeoutMs: config.joinTimeoutSeconds * 1000,
          keepAliveMs: config.keepAliveSeconds * 1000,
        },
        { joinUser, sendMessage, leaveUser },
        broadcaster,
        nextSession,
        log,
      ),
    [
      TOKENS.ServerConfig,
      TOKENS.JoinUser,
      TOKENS.SendMessage,
      TOKENS.LeaveUser,
      TOKENS.Broadcaster,
      TOKENS.NextSession,
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
    (link, view) => new Conversation(link, view),
    [TOKENS.RoomLink, TOKENS.ChatView],
  );
});

const tcpConnect = new ContainerModule(({ bind }) => {
  bind(TOKENS.RoomLink).toResolvedValue(
    ({ host, port }) => new TcpLink({ host, port }),
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
