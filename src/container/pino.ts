import { ContainerModule } from 'inversify';
import { TOKENS } from './tokens.js';

/** The operator's log: for people in a terminal, as JSON everywhere else. */
export const pino = new ContainerModule(async ({ bind }) => {
  const [{ createPinoLogger }, { BoundedLogger }] = await Promise.all([
    import('../adapters/pino/pino-logger.js'),
    import('../adapters/pino/bounded-logger.js'),
  ]);
  const format = process.stderr.isTTY
    ? (await import('../adapters/pino/for-people.js')).forPeople
    : undefined;
  bind(TOKENS.Logger).toResolvedValue(
    ({ logLevel }) => new BoundedLogger(createPinoLogger(logLevel, process.stderr, format)),
    [TOKENS.ServerConfig],
  );
});
