import { Transform } from 'class-transformer';
import { IsIn, IsInt, IsNotEmpty, IsString, Max, Min, ValidateBy, ValidateIf } from 'class-validator';
import { LOG_LEVELS, type LogLevel } from '../../application/server/ports.js';
import { HISTORIES, SERVER_DEFAULTS, SYNCHRONOUS, variableOf } from './defaults.js';

/** What a line of the wire holds besides the message: braces, words, a name in its longest form. */
export const ENVELOPE_BYTES = 512;

/** Everything an operator can set. */
export class ServerConfig {
  @IsString()
  @IsNotEmpty({ message: 'The host is empty: name an address of this machine, or localhost.' })
  readonly host: string = SERVER_DEFAULTS.host;

  @IsPort()
  readonly port: number = SERVER_DEFAULTS.port;

  @IsOneOf('history', HISTORIES)
  readonly history: (typeof HISTORIES)[number] = SERVER_DEFAULTS.history;

  /** The folder of the history; without a default here, for it is the platform's to say. */
  @ValidateIf(({ history }: ServerConfig) => history === 'sqlite')
  @IsNotEmpty({ message: 'The data folder has no name: give one with --data-dir.' })
  @IsString()
  readonly dataDir: string = '';

  @IsOneOf('synchronous', SYNCHRONOUS)
  readonly synchronous: (typeof SYNCHRONOUS)[number] = SERVER_DEFAULTS.synchronous;

  @IsLimit('keep-messages', 1, 100_000_000)
  readonly keepMessages: number = SERVER_DEFAULTS.keepMessages;

  @IsLimit('keep-days', 1, 36_500)
  readonly keepDays: number = SERVER_DEFAULTS.keepDays;

  @IsLimit('join-history', 0, 200)
  readonly joinHistory: number = SERVER_DEFAULTS.joinHistory;

  @IsLimit('grace', 0, 86_400)
  readonly graceSeconds: number = SERVER_DEFAULTS.graceSeconds;

  @IsLimit('silence-timeout', 3, 3600)
  readonly silenceTimeoutSeconds: number = SERVER_DEFAULTS.silenceTimeoutSeconds;

  @IsLimit('max-connections', 1, 1_000_000)
  readonly maxConnections: number = SERVER_DEFAULTS.maxConnections;

  @IsLimit('max-line-bytes', 1024, 64 * 1024)
  readonly maxLineBytes: number = SERVER_DEFAULTS.maxLineBytes;

  @IsLimit('max-username-length', 1, 64)
  readonly maxUsernameLength: number = SERVER_DEFAULTS.maxUsernameLength;

  @IsLimit('max-message-bytes', 1, 63 * 1024)
  @LeavesRoomForTheEnvelope()
  readonly maxMessageBytes: number = SERVER_DEFAULTS.maxMessageBytes;

  @IsLimit('max-log-bytes', 64 * 1024, 1024 * 1024 * 1024)
  readonly maxLogBytes: number = SERVER_DEFAULTS.maxLogBytes;

  @IsLimit('stall-timeout', 1, 3600)
  readonly stallTimeoutSeconds: number = SERVER_DEFAULTS.stallTimeoutSeconds;

  @IsLimit('coalesce-ms', 0, 1000)
  readonly coalesceMs: number = SERVER_DEFAULTS.coalesceMs;

  @IsLimit('max-backlog-bytes', 64 * 1024, 1024 * 1024 * 1024)
  readonly maxBacklogBytes: number = SERVER_DEFAULTS.maxBacklogBytes;

  @IsLimit('max-rate', 1, 1_000_000_000)
  readonly maxRate: number = SERVER_DEFAULTS.maxRate;

  @IsLimit('join-timeout', 1, 3600)
  readonly joinTimeoutSeconds: number = SERVER_DEFAULTS.joinTimeoutSeconds;

  @IsLimit('keep-alive', 1, 7200)
  readonly keepAliveSeconds: number = SERVER_DEFAULTS.keepAliveSeconds;

  @IsOneOf('log-level', LOG_LEVELS)
  readonly logLevel: LogLevel = SERVER_DEFAULTS.logLevel;
}

/** A TCP port; 0 lets the system choose. */
export function IsPort(): PropertyDecorator {
  return IsLimit('port', 0, 65_535);
}

/** A number that is within bounds; from outside it comes as text. */
export function IsLimit(
  flag: string,
  min: number,
  max: number,
  variable: string = variableOf(flag),
): PropertyDecorator {
  const message = `--${flag} (or ${variable}) is a whole number from ${min} to ${max}.`;
  const number = Transform(({ value }) => (/^\d+$/.test(String(value)) ? Number(value) : value));
  return (target, property) => {
    number(target, property);
    for (const decorate of [IsInt({ message }), Min(min, { message }), Max(max, { message })]) {
      decorate(target, property);
    }
  };
}

/** One of these words. */
export function IsOneOf(flag: string, values: readonly string[]): PropertyDecorator {
  return IsIn(values, { message: `--${flag} (or ${variableOf(flag)}) is one of ${values.join(', ')}.` });
}

function LeavesRoomForTheEnvelope(): PropertyDecorator {
  return ValidateBy({
    name: 'leavesRoomForTheEnvelope',
    validator: {
      validate: (bytes, context) => {
        const { maxLineBytes } = (context?.object ?? new ServerConfig()) as ServerConfig;
        return bytes + ENVELOPE_BYTES <= maxLineBytes;
      },
      defaultMessage: () =>
        `--max-line-bytes must be at least ${ENVELOPE_BYTES} more than --max-message-bytes: a message travels in one line.`,
    },
  });
}
