import { Transform } from 'class-transformer';
import { IsIn, IsInt, IsNotEmpty, IsString, Max, Min, ValidateBy, ValidateIf } from 'class-validator';
import { LOG_LEVELS, type LogLevel } from '../../application/ports.js';
import { MAX_MESSAGE_BYTES } from '../../domain/chat-message.js';
import { MAX_USERNAME_LENGTH } from '../../domain/username.js';
import { MAX_LINE_BYTES } from '../wire/line-splitter.js';

/** What a line of the wire holds besides the message: braces, words, a name in its longest form. */
export const ENVELOPE_BYTES = 512;

export const DEFAULT_HOST = 'localhost';
export const DEFAULT_PORT = 8081;

/** Where the room log is kept: in a file, or in this process only. */
export const HISTORIES = ['sqlite', 'memory'] as const;

/** What a power cut may take: the last moments, or nothing. */
export const SYNCHRONOUS = ['normal', 'full'] as const;

/** Everything an operator can set, with its defaults. */
export class ServerConfig {
  @IsString()
  @IsNotEmpty({ message: 'The host is empty: name an address of this machine, or localhost.' })
  readonly host: string = DEFAULT_HOST;

  @IsPort()
  readonly port: number = DEFAULT_PORT;

  @IsOneOf('history', HISTORIES)
  readonly history: (typeof HISTORIES)[number] = 'sqlite';

  /** The folder of the history; without a default here, for it is the platform's to say. */
  @ValidateIf(({ history }: ServerConfig) => history === 'sqlite')
  @IsNotEmpty({ message: 'The data folder has no name: give one with --data-dir.' })
  @IsString()
  readonly dataDir: string = '';

  @IsOneOf('synchronous', SYNCHRONOUS)
  readonly synchronous: (typeof SYNCHRONOUS)[number] = 'normal';

  @IsLimit('keep-messages', 1, 100_000_000)
  readonly keepMessages: number = 250_000;

  @IsLimit('keep-days', 1, 36_500)
  readonly keepDays: number = 365;

  @IsLimit('join-history', 0, 200)
  readonly joinHistory: number = 100;

  @IsLimit('grace', 0, 86_400)
  readonly graceSeconds: number = 60;

  @IsLimit('silence-timeout', 3, 3600)
  readonly silenceTimeoutSeconds: number = 45;

  @IsLimit('max-connections', 1, 1_000_000)
  readonly maxConnections: number = 10_000;

  @IsLimit('max-line-bytes', 1024, 64 * 1024)
  readonly maxLineBytes: number = MAX_LINE_BYTES;

  @IsLimit('max-username-length', 1, 64)
  readonly maxUsernameLength: number = MAX_USERNAME_LENGTH;

  @IsLimit('max-message-bytes', 1, 63 * 1024)
  @LeavesRoomForTheEnvelope()
  readonly maxMessageBytes: number = MAX_MESSAGE_BYTES;

  @IsLimit('max-log-bytes', 64 * 1024, 1024 * 1024 * 1024)
  readonly maxLogBytes: number = 16 * 1024 * 1024;

  @IsLimit('stall-timeout', 1, 3600)
  readonly stallTimeoutSeconds: number = 30;

  @IsLimit('coalesce-ms', 0, 1000)
  readonly coalesceMs: number = 0;

  @IsLimit('max-backlog-bytes', 64 * 1024, 1024 * 1024 * 1024)
  readonly maxBacklogBytes: number = 256 * 1024;

  @IsLimit('max-rate', 1, 1_000_000_000)
  readonly maxRate: number = 100_000;

  @IsLimit('join-timeout', 1, 3600)
  readonly joinTimeoutSeconds: number = 10;

  @IsLimit('keep-alive', 1, 7200)
  readonly keepAliveSeconds: number = 15;

  @IsOneOf('log-level', LOG_LEVELS)
  readonly logLevel: LogLevel = 'info';
}

/** The environment variable that stands for a flag: what both ends share has the names of the original. */
export function variableOf(flag: string): string {
  if (flag === 'host') return 'TCP_SERVER_ADDRESS';
  if (flag === 'port') return 'TCP_SERVER_PORT';
  return `CHATTY_${flag.replaceAll('-', '_').toUpperCase()}`;
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

function IsOneOf(flag: string, values: readonly string[]): PropertyDecorator {
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
