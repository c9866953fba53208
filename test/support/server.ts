import { parseConfig } from '../../src/adapters/config/config.js';
import { ServerConfig, type ServerSettings } from '../../src/adapters/config/server-config.js';
import { createServer } from '../../src/container/server.js';
import { TOKENS } from '../../src/container/tokens.js';
import { MemoryLogger } from '../doubles/memory-logger.js';
import { StreamPairTransport, streamPair } from '../doubles/stream-pair-transport.js';

/**
 * A server as the command starts it, on a port of the system's choice, what it logs and records in memory; it is
 * reached over TCP, and over pairs of streams as well.
 */
export async function startServer(settings: ServerSettings = {}) {
  const container = await createServer(
    parseConfig(ServerConfig, { host: '127.0.0.1', port: 0, history: 'memory', ...settings }),
  );
  container.load(streamPair);
  const logger = new MemoryLogger();
  container.rebind(TOKENS.Logger).toConstantValue(logger);
  const server = container.get(TOKENS.ChatServer);
  const transports = container.getAll(TOKENS.Transport);
  const streams = transports.find(transport => transport instanceof StreamPairTransport);
  const addresses = (await server.start()).filter(({ host }) => host !== 'memory');
  const [address] = addresses;
  if (address === undefined || streams === undefined) throw new Error('a transport is missing');
  return {
    server,
    stop: () => server.stop(),
    logger,
    container,
    transports,
    addresses,
    port: address.port,
    /** That of the page, if there is one. */
    webPort: addresses.find(({ scheme }) => scheme === 'http')?.port ?? 0,
    streams,
    connections: container.get(TOKENS.Connections),
    room: container.get(TOKENS.ChatRoom),
  };
}

export type StartedServer = Awaited<ReturnType<typeof startServer>>;
