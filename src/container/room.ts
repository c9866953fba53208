import { ContainerModule } from 'inversify';
import type { ServerConfig } from '../adapters/config/server-config.js';
import type { ModerateRoom } from '../application/server/moderate-room.js';
import type { NameOwnership } from '../application/server/name-ownership.js';
import type { OpenRoom as Opening } from '../application/server/open-room.js';
import type {
  Connections,
  Logger,
  RoomLog,
  ServerIdentity,
  ServiceManager,
  Transport,
} from '../application/server/ports.js';
import type { RoomFeed } from '../application/server/room-feed.js';
import { TOKENS } from './tokens.js';

/** The room, and the server that opens and closes it. */
export const room = new ContainerModule(async ({ bind }) => {
  const [{ ChatRoom }, { RoomFeed }, { OpenRoom }, { ChatServer }] = await Promise.all([
    import('../domain/chat-room.js'),
    import('../application/server/room-feed.js'),
    import('../application/server/open-room.js'),
    import('../application/server/chat-server.js'),
  ]);
  bind(TOKENS.ChatRoom).toResolvedValue(
    ({ maxUsernameLength, maxMessageBytes }) => new ChatRoom({ maxUsernameLength, maxMessageBytes }),
    [TOKENS.ServerConfig],
  );
  bind(TOKENS.RoomFeed).toResolvedValue(
    (roomLog, broadcaster) => new RoomFeed(roomLog, broadcaster),
    [TOKENS.RoomLog, TOKENS.Broadcaster],
  );
  bind(TOKENS.OpenRoom).toResolvedValue(
    (...parts) => new OpenRoom(...parts),
    [
      TOKENS.ChatRoom,
      TOKENS.RoomLog,
      TOKENS.RoomFeed,
      TOKENS.DisconnectUser,
      TOKENS.NameOwnership,
      TOKENS.ModerateRoom,
    ],
  );
  bind(TOKENS.ChatServer).toResolvedValue<
    [
      ServerConfig,
      Opening,
      ServerIdentity,
      Transport[],
      Connections,
      RoomFeed,
      RoomLog,
      Logger,
      NameOwnership,
      ModerateRoom,
      ServiceManager,
    ]
  >(
    (config, ...parts) => new ChatServer(...parts, config),
    [
      TOKENS.ServerConfig,
      TOKENS.OpenRoom,
      TOKENS.ServerIdentity,
      { serviceIdentifier: TOKENS.Transport, isMultiple: true },
      TOKENS.Connections,
      TOKENS.RoomFeed,
      TOKENS.RoomLog,
      TOKENS.Logger,
      TOKENS.NameOwnership,
      TOKENS.ModerateRoom,
      TOKENS.ServiceManager,
    ],
  );
});
