import { parseConfig } from '../../src/adapters/config/config.js';
import { ServerConfig, type ServerSettings } from '../../src/adapters/config/server-config.js';
import type { TcpServer } from '../../src/adapters/tcp/listen/tcp-server.js';
import { serverContainer, TOKENS } from '../../src/container/container.js';
import { MemoryLogger } from '../doubles/memory-logger.js';

/** A server as the command starts it, on a port of the system's choice, what it logs and records in memory. */
export async function startServer(settings: ServerSettings = {}) {
  const container = await serverContainer(
    parseConfig(ServerConfig, { host: '127.0.0.1', port: 0, history: 'memory', ...settings }),
  );
  const log = new MemoryLogger();
  container.rebind(TOKENS.Logger).toConstantValue(log);
  await container.get(TOKENS.OpenRoom).execute();
  const server = container.get(TOKENS.Transport) as TcpServer;
  const addresses = await server.start();
  const [address] = addresses;
  if (address === undefined) throw new Error('listens nowhere');
  const stop = async () => {
    await server.stop();
    await container.get(TOKENS.RoomLog).close();
  };
  return {
    server,
    stop,
    log,
    container,
    addresses,
    port: address.port,
    room: container.get(TOKENS.ChatRoom),
  };
}

export type StartedServer = Awaited<ReturnType<typeof startServer>>;
