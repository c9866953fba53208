import { ConfigError } from '../adapters/config/config.js';
import type { LiveSettings, SettingChange } from '../adapters/config/live-settings.js';
import type { ServerConfig } from '../adapters/config/server-config.js';
import { IdentityFailure, RoomLogFailure } from '../application/server/failures.js';
import type { Logger } from '../application/server/service-ports.js';
import { noHistory, noIdentity } from './server-exit.js';

/** A running server reads its settings again: all of them, or none if anything is wrong with one. */
export class SettingsReload {
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(
    private readonly settings: Pick<LiveSettings, 'change'>,
    private readonly read: () => Promise<ServerConfig>,
    private readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>,
    /** Called when something may have changed. */
    private readonly onDone: () => void = () => {},
  ) {}

  /**
   * Resolves when it is done; never rejects. While it runs, however many ask are answered by one that begins after it: a
   * thousand signals do not hold up the room.
   */
  execute(): Promise<void> {
    if (this.#running !== undefined) {
      this.#next ??= this.#running.then(() => this.#again());
      return this.#next;
    }
    this.#running = this.#reload().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  #again(): Promise<void> {
    this.#next = undefined;
    return this.execute();
  }

  async #reload(): Promise<void> {
    try {
      this.#tell(this.settings.change(await this.read()));
      this.onDone();
    } catch (error) {
      const problems = problemsOf(error);
      const about = problems === undefined ? { err: error } : { problems };
      this.logger.error(about, 'the settings cannot be read again: those before stay in use');
    }
  }

  #tell(changes: readonly SettingChange[]): void {
    const texts = (isFixed: boolean) =>
      changes.filter(({ reload }) => (reload === 'restart') === isFixed).map(textOf);
    const [changed, fixed] = [texts(false), texts(true)];
    this.logger.info({ changed }, 'settings read again');
    if (fixed.length > 0) this.logger.warn({ changed: fixed }, 'these settings need a restart');
  }
}

function textOf({ flag, from, to }: SettingChange): string {
  return `${flag}: ${from} -> ${to}`;
}

/** A sentence for each thing that an operator can put right. */
function problemsOf(error: unknown): readonly string[] | undefined {
  if (error instanceof ConfigError) return error.problems;
  if (error instanceof IdentityFailure) return [noIdentity(error)[0]];
  if (error instanceof RoomLogFailure) return [noHistory(error)[0]];
  return undefined;
}
