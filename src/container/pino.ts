import { ContainerModule } from 'inversify';
import { TOKENS } from './tokens.js';

/** The operator's log. */
export const pino = new ContainerModule(async ({ bind }) => {
  const { createPinoLogger } = await import('../adapters/pino/pino-logger.js');
  bind(TOKENS.Logger).toResolvedValue(
    ({ logLevel }) => createPinoLogger(logLevel, process.stderr),
    [TOKENS.ServerConfig],
  );
});
