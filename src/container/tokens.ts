import type { Duplex } from 'node:stream';
import type { ClientConfig, MeantServer } from '../adapters/config/client-config.js';
import type { Dial } from '../adapters/wire/connect/line-link.js';
import type { LineOver, OpenPort } from '../adapters/wire/listen/sockets.js';
import type { WireConnections } from '../adapters/wire/listen/wire-connections.js';
import type { Conversation } from '../application/client/conversation.js';
import type {
  ChatView,
  InputLog,
  KnownServers,
  NewLink,
  OwnSessions,
  Signer,
} from '../application/client/ports.js';
import type { SendOnce } from '../application/client/send-once.js';
import type { AnswerRequest } from '../application/server/answer-request.js';
import type { Broadcaster } from '../application/server/broadcast-ports.js';
import type { ChatServer } from '../application/server/chat-server.js';
import type { DisconnectUser } from '../application/server/disconnect-user.js';
import type { SessionPolicy } from '../application/server/handshake.js';
import type { JoinUser } from '../application/server/join-user.js';
import type { LeaveUser } from '../application/server/leave-user.js';
import type { OpenRoom } from '../application/server/open-room.js';
import type { Replay } from '../application/server/replay.js';
import type { ResumeSession } from '../application/server/resume-session.js';
import type { RoomFeed } from '../application/server/room-feed.js';
import type { RoomLog } from '../application/server/room-log-ports.js';
import type { SendMessage } from '../application/server/send-message.js';
import type { HistoryArchive } from '../application/server/service-ports.js';
import type { ResumeTokens } from '../application/server/transport-ports.js';
import type { UseCases } from '../application/server/use-cases.js';
import type { ChatRoom } from '../domain/chat-room.js';
import type { ClientWiring } from './client-wiring.js';
import { CLUSTER_TOKENS } from './cluster-tokens.js';
import { MODERATION_TOKENS } from './moderation-tokens.js';
import { NAME_TOKENS } from './name-tokens.js';
import { SERVICE_TOKENS } from './service-tokens.js';
import { token } from './token.js';

/** The names under which the parts are bound; the compiler checks the type of each where it is asked for. */
export const TOKENS = {
  SessionPolicy: token<SessionPolicy>('SessionPolicy'),
  ChatServer: token<ChatServer>('ChatServer'),
  ChatRoom: token<ChatRoom>('ChatRoom'),
  RoomFeed: token<RoomFeed>('RoomFeed'),
  Replay: token<Replay>('Replay'),
  OpenRoom: token<OpenRoom>('OpenRoom'),
  JoinUser: token<JoinUser>('JoinUser'),
  ResumeSession: token<ResumeSession>('ResumeSession'),
  SendMessage: token<SendMessage>('SendMessage'),
  LeaveUser: token<LeaveUser>('LeaveUser'),
  DisconnectUser: token<DisconnectUser>('DisconnectUser'),
  AnswerRequest: token<AnswerRequest>('AnswerRequest'),
  UseCases: token<UseCases>('UseCases'),
  ...NAME_TOKENS,
  ...MODERATION_TOKENS,
  ...SERVICE_TOKENS,
  ...CLUSTER_TOKENS,
  /** The folder of a history. */
  DataFolder: token<string>('DataFolder'),
  HistoryArchive: token<HistoryArchive>('HistoryArchive'),
  RoomLog: token<RoomLog>('RoomLog'),
  ResumeTokens: token<ResumeTokens>('ResumeTokens'),
  Broadcaster: token<Broadcaster>('Broadcaster'),
  Connections: token<WireConnections>('Connections'),
  /** A port more, beside the one of TCP. */
  OpenPort: token<OpenPort>('OpenPort'),
  /** What speaks over a socket that was accepted. */
  LineOver: token<LineOver>('LineOver'),

  ClientConfig: token<ClientConfig>('ClientConfig'),
  Conversation: token<Conversation>('Conversation'),
  SendOnce: token<SendOnce>('SendOnce'),
  /** In plain text. */
  DialPlain: token<(server: MeantServer) => Dial<Duplex>>('DialPlain'),
  Dial: token<(server: MeantServer) => Dial>('Dial'),
  KnownServers: token<KnownServers>('KnownServers'),
  NewLink: token<NewLink>('NewLink'),
  ChatView: token<ChatView>('ChatView'),
  OwnSessions: token<OwnSessions>('OwnSessions'),
  InputLog: token<InputLog>('InputLog'),
  /** Empty where somebody wants none. */
  OwnKey: token<{ readonly signer?: Signer }>('OwnKey'),
  ClientWiring: token<ClientWiring>('ClientWiring'),
};
