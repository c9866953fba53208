import { Command } from '@oclif/core/command';
import type { ServerConfig } from '../../adapters/config/server-config.js';
import { SERVER_SETTINGS } from '../../adapters/config/server-settings.js';
import { ListenFailure, RoomLogFailure } from '../../application/server/failures.js';
import { dataFolder } from '../../cli/data-folder.js';
import { EXIT, fail } from '../../cli/exit.js';
import { flagsOf, settingsOf } from '../../cli/flags.js';
import { cannotListen, noHistory } from '../../cli/server-exit.js';

/** How long a reader of the log may take for the rest of it, once all is over; in milliseconds. */
const STALLED_OUTPUT_MS = 1000;

export default class ServerStart extends Command {
  static override summary = 'Start a chat server: one room, for everybody who joins.';

  static override description =
    `Every limit of the server is a flag. It runs until SIGINT (Ctrl-C), SIGTERM or SIGHUP, tells everybody that it stops, and exits with 0; a second signal ends it at once.

Exit codes: 0 stopped as asked, 1 a fault, 2 wrong usage, 3 it could not listen, 4 it cannot keep the history.`;

  static override examples = [
    { description: 'On this machine, for this machine:', command: '<%= config.bin %> server:start' },
    {
      description: 'For the whole network:',
      command: '<%= config.bin %> server:start --host 0.0.0.0 --port 8081',
    },
  ];

  static override flags = flagsOf(SERVER_SETTINGS);

  async run(): Promise<void> {
    const { flags } = await this.parse(ServerStart);
    const config = await this.#config(settingsOf(SERVER_SETTINGS, flags));
    const [{ createServer }, { TOKENS }] = await Promise.all([
      import('../../container/server.js'),
      import('../../container/tokens.js'),
    ]);
    const container = await createServer(config);
    const server = container.get(TOKENS.ChatServer);
    const stopped = stopSignal();
    const addresses = await server.start().catch((error: unknown) => {
      if (error instanceof RoomLogFailure) return fail(this, ...noHistory(error));
      if (error instanceof ListenFailure) return fail(this, ...cannotListen(error));
      throw error;
    });
    for (const { host, port } of addresses) this.log(`chatty listens on ${host} port ${port}`);
    const signal = await stopped;
    container.get(TOKENS.Logger).info({ code: signal }, 'stopping');
    await server.stop();
    // A log that nobody reads does not keep the process.
    setTimeout(() => process.exit(), STALLED_OUTPUT_MS).unref();
  }

  async #config(given: Record<string, unknown>): Promise<ServerConfig> {
    const [{ ServerConfig }, { ConfigError, parseConfig }] = await Promise.all([
      import('../../adapters/config/server-config.js'),
      import('../../adapters/config/config.js'),
    ]);
    try {
      return parseConfig(ServerConfig, { dataDir: dataFolder(this.config), ...given });
    } catch (error) {
      if (error instanceof ConfigError) fail(this, error.message, EXIT.USAGE);
      throw error;
    }
  }
}

/** What asks a server to stop; SIGHUP comes when its terminal is closed. */
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Resolves at the first of them; the second one finds no listener and ends the process. */
function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise(resolve => {
    const stop = (signal: NodeJS.Signals) => {
      for (const each of STOP_SIGNALS) process.off(each, stop);
      resolve(signal);
    };
    for (const each of STOP_SIGNALS) process.on(each, stop);
  });
}
