import { ContainerModule, type ServiceIdentifier } from 'inversify';
import { TOKENS } from './tokens.js';

/** Lines are encrypted, or plain from this machine itself. */
export const tlsListen = new ContainerModule(async ({ bind }) => {
  const [{ ServerKey }, { TlsLines }] = await Promise.all([
    import('../adapters/tls/listen/server-key.js'),
    import('../adapters/tls/listen/tls-lines.js'),
  ]);
  const ServerKeyToken = Symbol('ServerKey') as ServiceIdentifier<InstanceType<typeof ServerKey>>;
  bind(ServerKeyToken).toResolvedValue(
    ({ tlsKey, tlsCert, history, dataDir }, logger) =>
      new ServerKey(
        {
          keyFile: tlsKey,
          certificateFile: tlsCert,
          folder: history === 'memory' ? undefined : dataDir,
        },
        logger,
      ),
    [TOKENS.ServerConfig, TOKENS.Logger],
  );
  bind(TOKENS.ServerIdentity).toService(ServerKeyToken);
  bind(TOKENS.LineOver).toResolvedValue(
    ({ allowPlaintext }, key) => {
      const lines = new TlsLines(key, { allowPlaintext });
      return (...socket) => lines.over(...socket);
    },
    [TOKENS.ServerConfig, ServerKeyToken],
  );
});

/** The server's key is one that the person knows. */
export const tlsConnect = new ContainerModule(async ({ bind }) => {
  const { dialServer } = await import('../adapters/tls/connect/dial-tls.js');
  bind(TOKENS.Dial).toResolvedValue(
    (dial, { host, port, pin, plaintext }, known) =>
      () =>
        dialServer(dial, { address: { host, port }, pin, plaintext }, known),
    [TOKENS.DialPlain, TOKENS.ClientConfig, TOKENS.KnownServers],
  );
});
