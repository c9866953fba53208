import { ContainerModule } from 'inversify';
import { TOKENS } from './tokens.js';

/** The operator's log: for people in a terminal, as JSON everywhere else. */
export const pino = new ContainerModule(async ({ bind }) => {
  const [{ createPinoLogger }, { BoundedLogger }, { loggedAddress }] = await Promise.all([
    import('../adapters/pino/pino-logger.js'),
    import('../adapters/pino/bounded-logger.js'),
    import('../adapters/pino/logged-address.js'),
  ]);
  const format = process.stderr.isTTY
    ? (await import('../adapters/pino/for-people.js')).forPeople
    : undefined;
  bind(TOKENS.Logger).toResolvedValue(
    ({ logLevel, logAddresses }, networks) => {
      const addressText = (address: string) => loggedAddress(address, logAddresses, networks);
      return new BoundedLogger(createPinoLogger(logLevel, process.stderr, format, addressText));
    },
    [TOKENS.ServerConfig, TOKENS.Networks],
  );
});
