import { ContainerModule } from 'inversify';
import { TOKENS } from './tokens.js';

/** The operator's log: for people in a terminal, as JSON everywhere else. */
export const pino = new ContainerModule(async ({ bind }) => {
  const [{ createPinoLogger }, { BoundedLogger }, { loggedAddress }, { unblocked }] = await Promise.all([
    import('../adapters/pino/pino-logger.js'),
    import('../adapters/pino/bounded-logger.js'),
    import('../adapters/pino/logged-address.js'),
    import('../adapters/pino/unblocked.js'),
  ]);
  const format = process.stderr.isTTY
    ? (await import('../adapters/pino/for-people.js')).forPeople
    : undefined;
  bind(TOKENS.Logger).toResolvedValue(
    (settings, networks) => {
      const addresses = settings.view(({ logAddresses }) => ({ form: logAddresses }));
      const addressText = (address: string) => loggedAddress(address, addresses.form, networks);
      const log = createPinoLogger(settings.now.logLevel, unblocked(process.stderr), format, addressText);
      settings.onChange(({ logLevel }) => () => {
        log.level = logLevel;
      });
      const bounded = new BoundedLogger(log);
      // What was left out in the last seconds is told before the process ends.
      process.once('beforeExit', () => bounded.tell());
      return bounded;
    },
    [TOKENS.LiveSettings, TOKENS.Networks],
  );
});
