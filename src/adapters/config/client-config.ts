import { IsNotEmpty, IsOptional, IsString, MaxLength } from 'class-validator';
import { DEFAULT_HOST, DEFAULT_PORT, IsLimit, IsPort, variableOf } from './server-config.js';

/** Longer than any server allows: such a name would not even fit on a line. */
const MAX_NAME_LENGTH = 255;

/** CHATTY_HISTORY is the server's. */
export const HISTORY_VARIABLE = variableOf('join-history');

/** Most messages of before that can be asked for on joining, and most seconds of trying to come back: a month. */
const MAX_HISTORY = 200;
const MAX_RETRY_SECONDS = 2_592_000;

/** Everything a person can set who joins. What a name may be is for the server to say. */
export class ClientConfig {
  @IsString()
  @IsNotEmpty({ message: 'The host is empty: name the machine where the server runs.' })
  readonly host: string = DEFAULT_HOST;

  @IsPort()
  readonly port: number = DEFAULT_PORT;

  @IsOptional()
  @IsString()
  @MaxLength(MAX_NAME_LENGTH, { message: `A username has at most ${MAX_NAME_LENGTH} characters.` })
  readonly username?: string;

  /** How many messages of before are shown on joining. */
  @IsLimit('history', 0, MAX_HISTORY, HISTORY_VARIABLE)
  readonly history: number = 20;

  /** How long to try to come back; for ever when absent. */
  @IsOptional()
  @IsLimit('retry-for', 0, MAX_RETRY_SECONDS)
  readonly retryForSeconds?: number;
}
