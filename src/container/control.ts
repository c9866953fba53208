import { ContainerModule } from 'inversify';
import { TOKENS } from './tokens.js';

/** Whoever has the machine keeps order through a socket in the data folder. */
export const controlListen = new ContainerModule(async ({ bind }) => {
  const { ControlSocket } = await import('../adapters/control/listen/control-socket.js');
  bind(TOKENS.Transport).toResolvedValue(
    ({ dataDir }, ...parts) => new ControlSocket(dataDir, ...parts),
    [TOKENS.FixedConfig, TOKENS.ModerateRoom, TOKENS.ReadStatus, TOKENS.Logger],
  );
});

/** Commands on the machine reach the server through it. */
export const controlConnect = new ContainerModule(async ({ bind }) => {
  const { askServer, askStatus } = await import('../adapters/control/connect/control-client.js');
  bind(TOKENS.AskServer).toResolvedValue(
    folder => request => askServer(folder, request),
    [TOKENS.DataFolder],
  );
  bind(TOKENS.AskStatus).toResolvedValue(folder => () => askStatus(folder), [TOKENS.DataFolder]);
});
