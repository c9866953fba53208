import { hostname } from 'node:os';
import { ContainerModule } from 'inversify';
import { parseServerName } from '../adapters/config/server-name.js';
import { TOKENS } from './tokens.js';

/** People come with a browser. */
export const webListen = new ContainerModule(async ({ bind }) => {
  const [{ WebServer }, { readPage }] = await Promise.all([
    import('../adapters/web/web-server.js'),
    import('../adapters/web/page-file.js'),
  ]);
  bind(TOKENS.Transport).toResolvedValue(
    ({ web = 0 }, settings, ...parts) => {
      const options = settings.view(({ webOrigins, maxLineBytes, host, publicAddress }) => ({
        origins: webOrigins,
        maxLineBytes,
        names: [host, hostname(), `${hostname()}.local`, parseServerName(publicAddress ?? '').host],
      }));
      return new WebServer(web, options, readPage(), ...parts);
    },
    [
      TOKENS.FixedConfig,
      TOKENS.LiveSettings,
      TOKENS.Connections,
      TOKENS.Logger,
      TOKENS.OpenPort,
      TOKENS.LineOver,
    ],
  );
});
