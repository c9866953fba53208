import { ContainerModule } from 'inversify';
import type { LiveSettings } from '../adapters/config/live-settings.js';
import type { ModerateRoom } from '../application/server/moderate-room.js';
import type { NameOwnership } from '../application/server/name-ownership.js';
import type { OpenRoom as Opening } from '../application/server/open-room.js';
import type { Readiness } from '../application/server/readiness.js';
import type { RoomFeed } from '../application/server/room-feed.js';
import type { RoomLog } from '../application/server/room-log-ports.js';
import type { Logger, ServerIdentity, ServiceManager } from '../application/server/service-ports.js';
import type { Connections, Transport } from '../application/server/transport-ports.js';
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
    settings =>
      new ChatRoom(
        settings.view(({ maxUsernameLength, maxMessageBytes }) => ({ maxUsernameLength, maxMessageBytes })),
      ),
    [TOKENS.LiveSettings],
  );
  bind(TOKENS.RoomFeed).toResolvedValue(
    (...parts) => new RoomFeed(...parts),
    [TOKENS.ChatRoom, TOKENS.RoomLog, TOKENS.Broadcaster, TOKENS.Meter],
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
      LiveSettings,
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
      Readiness,
    ]
  >(
    (settings, ...parts) =>
      new ChatServer(
        ...parts,
        settings.view(({ drainMs }) => ({ drainMs })),
      ),
    [
      TOKENS.LiveSettings,
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
      TOKENS.Readiness,
    ],
  );
});
