import { IsBoolean, IsNotEmpty, IsOptional, IsString, MaxLength } from 'class-validator';
import type {
  Bell,
  ColorMode,
  RememberedSettings,
  SettingName,
} from '../../application/client/preferences.js';
import { ConfigError, parseConfig } from './config.js';
import { BELLS, CLIENT_DEFAULTS, COLOR_MODES, HISTORY_VARIABLE, NOTIFICATIONS } from './defaults.js';
import { IsLimit, IsOneOf, IsPort } from './server-config.js';

/** Longer than any server allows: such a name would not even fit on a line. */
const MAX_NAME_LENGTH = 255;

/** Most messages of before that can be asked for on joining, and most seconds of trying to come back: a month. */
const MAX_HISTORY = 200;
const MAX_RETRY_SECONDS = 2_592_000;

/** Everything a person can set who joins. What a name may be is for the server to say. */
export class ClientConfig {
  @IsString()
  @IsNotEmpty({ message: 'The host is empty: name the machine where the server runs.' })
  readonly host: string = CLIENT_DEFAULTS.host;

  @IsPort()
  readonly port: number = CLIENT_DEFAULTS.port;

  @IsOptional()
  @IsString({ message: 'A username is text.' })
  @MaxLength(MAX_NAME_LENGTH, { message: `A username has at most ${MAX_NAME_LENGTH} characters.` })
  readonly username?: string;

  /** How many messages of before are shown on joining. */
  @IsLimit('history', 0, MAX_HISTORY, HISTORY_VARIABLE)
  readonly history: number = CLIENT_DEFAULTS.history;

  /** How long to try to come back; for ever when absent. */
  @IsOptional()
  @IsLimit('retry-for', 0, MAX_RETRY_SECONDS)
  readonly retryForSeconds?: number;

  /** One JSON object for each thing that happens, instead of words for people. */
  @IsBoolean()
  readonly json: boolean = false;

  /** At a terminal: nothing is drawn again, every line is written once. */
  @IsBoolean()
  readonly plain: boolean = false;

  @IsOneOf('color', COLOR_MODES)
  readonly color: ColorMode = CLIENT_DEFAULTS.color;

  @IsOneOf('bell', BELLS)
  readonly bell: Bell = CLIENT_DEFAULTS.bell;

  @IsOneOf('notify', NOTIFICATIONS)
  readonly notify: (typeof NOTIFICATIONS)[number] = CLIENT_DEFAULTS.notify;
}

/** What is remembered and can be used; the rest is told to `onProblem`, one sentence for each. */
export function usable(
  remembered: RememberedSettings,
  onProblem: (name: SettingName, problem: string) => void,
): RememberedSettings {
  const good = Object.entries(remembered).filter(([name, value]) => {
    if (value === null) return false; // how some write that nothing is chosen
    const problem = problemOf({ [name]: value });
    if (problem !== undefined) onProblem(name as SettingName, problem);
    return problem === undefined;
  });
  return Object.fromEntries(good);
}

/** Why these settings cannot be used; nothing when they can. */
export function problemOf(settings: Record<string, unknown>): string | undefined {
  try {
    parseConfig(ClientConfig, settings);
    return undefined;
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}
