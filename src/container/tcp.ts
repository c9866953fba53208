import { ContainerModule } from 'inversify';
import { TOKENS } from './tokens.js';

/** Clients come over TCP, and what others speak over it comes through ports of their own. */
export const tcpListen = new ContainerModule(async ({ bind }) => {
  const [{ TcpServer }, { ListeningPort }] = await Promise.all([
    import('../adapters/tcp/listen/tcp-server.js'),
    import('../adapters/tcp/listen/listening-port.js'),
  ]);
  bind(TOKENS.OpenPort).toResolvedValue(
    (settings, handed, logger) => (port, scheme, receive) => {
      const options = settings.view(({ host, sharePort: sharesPort, keepAliveMs, proxies }) => ({
        ...{ host, port, sharesPort, keepAliveMs, proxies, fds: handed(scheme), ...(scheme && { scheme }) },
      }));
      return new ListeningPort(options, receive, logger);
    },
    [TOKENS.LiveSettings, TOKENS.HandedSockets, TOKENS.Logger],
  );
  bind(TOKENS.Transport).toResolvedValue(
    (settings, handed, ...parts) => {
      const options = settings.view(({ host, port, sharePort: sharesPort, keepAliveMs, proxies }) => ({
        ...{ host, port, sharesPort, keepAliveMs, proxies, fds: handed() },
      }));
      return new TcpServer(options, ...parts);
    },
    [TOKENS.LiveSettings, TOKENS.HandedSockets, TOKENS.Connections, TOKENS.Logger, TOKENS.LineOver],
  );
});

/** Servers are reached over TCP. */
export const tcpConnect = new ContainerModule(async ({ bind }) => {
  const { dialTcp } = await import('../adapters/tcp/connect/dial-tcp.js');
  bind(TOKENS.DialPlain).toConstantValue(
    ({ host, port }) =>
      signal =>
        dialTcp({ host, port }, signal),
  );
});
