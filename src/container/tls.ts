import { ContainerModule, type ServiceIdentifier } from 'inversify';
import type { ServerConfig } from '../adapters/config/server-config.js';
import { TOKENS } from './tokens.js';

/** Lines are encrypted, or plain from this machine itself. */
export const tlsListen = new ContainerModule(async ({ bind }) => {
  const [{ ServerKey }, { TlsLines }] = await Promise.all([
    import('../adapters/tls/listen/server-key.js'),
    import('../adapters/tls/listen/tls-lines.js'),
  ]);
  const ServerKeyToken = Symbol('ServerKey') as ServiceIdentifier<InstanceType<typeof ServerKey>>;
  bind(ServerKeyToken).toResolvedValue(
    (settings, logger) => {
      const placeIn = ({ tlsKey, tlsCert, history, dataDir }: ServerConfig) => ({
        keyFile: tlsKey,
        certificateFile: tlsCert,
        folder: history === 'memory' ? undefined : dataDir,
      });
      const key = new ServerKey(placeIn(settings.now), logger);
      settings.onChange(next => key.prepare(placeIn(next)));
      return key;
    },
    [TOKENS.LiveSettings, TOKENS.Logger],
  );
  bind(TOKENS.ServerIdentity).toService(ServerKeyToken);
  bind(TOKENS.LineOver).toResolvedValue(
    (settings, key) => {
      const options = settings.view(({ allowPlaintext }) => ({ allowPlaintext }));
      const lines = new TlsLines(key, options);
      return (...socket) => lines.over(...socket);
    },
    [TOKENS.LiveSettings, ServerKeyToken],
  );
});

/** The server's key is one that the person knows. */
export const tlsConnect = new ContainerModule(async ({ bind }) => {
  const { dialServer } = await import('../adapters/tls/connect/dial-tls.js');
  bind(TOKENS.Dial).toResolvedValue(
    (dialPlain, { plaintext }, known) =>
      ({ host, port, pin }) =>
      signal => {
        const address = { host, port };
        return dialServer(dialPlain(address), { address, pin, plaintext }, known, signal);
      },
    [TOKENS.DialPlain, TOKENS.ClientConfig, TOKENS.KnownServers],
  );
});
