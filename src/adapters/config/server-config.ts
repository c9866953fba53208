import { ValidateBy } from 'class-validator';
import { ConfigType } from './config.js';
import { SERVER_SETTINGS } from './server-settings.js';
import type { Configuration, Given } from './setting.js';

/** What can be given to a server, in the units of the table. */
export type ServerSettings = Given<typeof SERVER_SETTINGS>;

/** What a server goes by. */
export type ServerConfig = Configuration<typeof SERVER_SETTINGS>;

/** What a line of the wire holds besides the message: braces, words, a name in its longest form. */
const ENVELOPE_BYTES = 512;

export const ServerConfig = new ConfigType(SERVER_SETTINGS).rule(
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
