import { ValidateBy } from 'class-validator';
import { ConfigType } from './config.js';
import { SERVER_SETTINGS } from './server-settings.js';
import type { Configuration, Fixed, Given } from './setting.js';

/** What can be given to a server, in the units of the table. */
export type ServerSettings = Given<typeof SERVER_SETTINGS>;

/** What a server goes by. */
export type ServerConfig = Configuration<typeof SERVER_SETTINGS>;

/** The part of it that stays as it is until the next start. Everything else is looked at through LiveSettings. */
export type FixedConfig = Configuration<Fixed<typeof SERVER_SETTINGS>>;

/** What a line of the wire holds besides the message: braces, words, a name in its longest form. */
const ENVELOPE_BYTES = 512;

const BOTH = '--tls-cert and --tls-key are given together: the certificate, and its key.';
const BOTH_OF_NATS = '--nats-tls-cert and --nats-tls-key are given together: the certificate, and its key.';

export const ServerConfig = new ConfigType(SERVER_SETTINGS)
  .rule('tlsCert', goesWith('tlsKey', BOTH))
  .rule('tlsKey', goesWith('tlsCert', BOTH))
  .rule('natsTlsCert', goesWith('natsTlsKey', BOTH_OF_NATS))
  .rule('natsTlsKey', goesWith('natsTlsCert', BOTH_OF_NATS))
  .rule(
    'maxMessageBytes',
    ValidateBy({
      name: 'leavesRoomForTheEnvelope',
      validator: {
        validate: (bytes, context) => {
          const { maxLineBytes = 0 } = (context?.object ?? {}) as ServerSettings;
          return bytes + ENVELOPE_BYTES <= maxLineBytes;
        },
        defaultMessage: () =>
          `--max-line-bytes must be at least ${ENVELOPE_BYTES} more than --max-message-bytes: a message travels in one line.`,
      },
    }),
  );

/** A rule that another setting is given as well. */
function goesWith(other: keyof ServerSettings, sentence: string): PropertyDecorator {
  return ValidateBy({
    name: 'goesWith',
    validator: {
      validate: (_, context) => ((context?.object ?? {}) as ServerSettings)[other] !== undefined,
      defaultMessage: () => sentence,
    },
  });
}
