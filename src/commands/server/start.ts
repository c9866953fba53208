import { Command } from '@oclif/core/command';
import { SERVER_SETTINGS } from '../../adapters/config/server-settings.js';
import type { ServerAddress } from '../../application/chat-request.js';
import { JournalFailure } from '../../application/server/cluster/journal.js';
import { IdentityFailure, ListenFailure, RoomLogFailure } from '../../application/server/failures.js';
import { within } from '../../application/server/within.js';
import { fail } from '../../cli/exit.js';
import { flagsOf } from '../../cli/flags.js';
import { hangups, hasTerminal } from '../../cli/hangups.js';
import { invitations } from '../../cli/invitation.js';
import { warnOfFewFiles } from '../../cli/open-files.js';
import { cannotListen, cannotServeMetrics, noHistory, noIdentity, noJournal } from '../../cli/server-exit.js';
import { readSettings, setUpServer } from '../../cli/server-setup.js';

/** How long a reader of the log may take for the rest of it, once all is over; in milliseconds. */
const STALLED_OUTPUT_MS = 1000;
/** How long a start may go on when it is asked to stop, in milliseconds: it may wait for a broker that is gone. */
const LATE_START_MS = 2000;

export default class ServerStart extends Command {
  static override summary = 'Start a chat server: one room, for everybody who joins.';

  static override description =
    `Every limit of the server is a flag. Connections from other machines are encrypted (TLS 1.3); the line that is printed at the start is what people there join with. It runs until SIGINT (Ctrl-C) or SIGTERM, or until its terminal is closed, tells everybody that it stops, waits until that is read (--drain), and exits with 0; a second signal ends it at once. After a restart its clients take up their sessions, and nobody notices. Without a terminal, SIGHUP makes it read the file of --config and its certificate again: what can change while it runs does, its log says what has changed and what needs a restart, and if anything is wrong nothing changes.

Exit codes: 0 stopped as asked, 1 a fault, 2 wrong usage, 3 it could not listen, 4 it cannot keep the history, 5 its key or certificate cannot be used.`;

  static override examples = [
    { description: 'On this machine, for this machine:', command: '<%= config.bin %> server:start' },
    {
      description: 'With settings of a file:',
      command: '<%= config.bin %> server:start --config /etc/chatty.yaml',
    },
    {
      description: 'For everybody:',
      command: '<%= config.bin %> server:start --host :: --public-address chat.example.org',
    },
    {
      description: 'For people with nothing but a browser:',
      command: '<%= config.bin %> server:start --web 8080',
    },
  ];

  static override flags = flagsOf(SERVER_SETTINGS);

  async run(): Promise<void> {
    const parsed = await this.parse(ServerStart);
    // A full disk, or whoever has read these lines and is gone, ends no server. oclif's listener would.
    process.stdout.removeAllListeners('error').on('error', () => {});
    const { config } = await setUpServer(this, parsed);
    const [{ createServer }, { TOKENS }, { SettingsReload }] = await Promise.all([
      import('../../container/server.js'),
      import('../../container/tokens.js'),
      import('../../cli/reload.js'),
    ]);
    const container = await createServer(config, this.config.version);
    const server = container.get(TOKENS.ChatServer);
    const identity = container.get(TOKENS.ServerIdentity);
    const settings = container.get(TOKENS.LiveSettings);
    const read = async () => (await readSettings(this, parsed)).config;
    const reload = new SettingsReload(settings, read, container.get(TOKENS.Logger), () => invite());
    const metrics = config.metrics === undefined ? undefined : container.get(TOKENS.Monitor);
    const metricsAt = await metrics?.start().catch((error: unknown) => {
      if (error instanceof ListenFailure) return fail(this, ...cannotServeMetrics(error));
      throw error;
    });
    const starting = server.start();
    // Before it has started there is nothing to read again.
    const stopped = stopSignal(() => void starting.then(() => reload.execute()).catch(() => {}));
    void endUnstarted(stopped, starting);
    const addresses = await starting.catch((error: unknown) => {
      if (error instanceof JournalFailure) return fail(this, ...noJournal(error));
      if (error instanceof RoomLogFailure) return fail(this, ...noHistory(error));
      if (error instanceof IdentityFailure) return fail(this, ...noIdentity(error));
      if (error instanceof ListenFailure) return fail(this, ...cannotListen(error));
      throw error;
    });
    const { openFilesLimit } = container.get(TOKENS.ProcessVitals);
    warnOfFewFiles(openFilesLimit, config.maxConnections, container.get(TOKENS.Logger));
    for (const { host, port, scheme } of addresses)
      if (scheme !== 'http')
        this.log(`chatty listens on ${host} port ${port}${scheme === undefined ? '' : ` (${scheme})`}`);
    if (metricsAt !== undefined) this.log(`Metrics: ${urlOf(metricsAt)}/metrics`);
    let invited: readonly string[] = [];
    const fingerprint = config.ssh === undefined ? undefined : container.get(TOKENS.SshHostKey).fingerprint;
    const invite = () => {
      const lines = invitations(settings.now, addresses, identity.pin, fingerprint);
      for (const line of lines) if (!invited.includes(line)) this.log(line);
      invited = lines;
    };
    invite();
    const { token } = container.get(TOKENS.ModerateRoom);
    if (token !== undefined && config.names !== 'open')
      this.log(`To become its operator, join and type: /operator ${token}`);
    const end = await Promise.race([stopped, server.failed]);
    if (typeof end === 'string') container.get(TOKENS.Logger).info({ signal: end }, 'stopping');
    await server.stop();
    await metrics?.stop();
    if (end instanceof RoomLogFailure) fail(this, ...noHistory(end));
    // A log that nobody reads does not keep the process.
    setTimeout(() => process.exit(), STALLED_OUTPUT_MS).unref();
  }
}

function urlOf({ host, port }: ServerAddress): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Ends the process if it is to stop, and has not started soon after: nobody is there yet who would have to be told. */
async function endUnstarted(stopped: Promise<unknown>, starting: Promise<unknown>): Promise<void> {
  await stopped;
  let isStarting = true;
  const over = () => {
    isStarting = false;
  };
  await within(LATE_START_MS, starting.then(over, over));
  if (isStarting) process.exit();
}

/** What asks a server to stop. */
const STOP_SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Resolves at the first of them; the second one finds no listener and ends the process. SIGHUP is one of them where it says
 * that the server's terminal was closed.
 * @param onReload called at a SIGHUP that says something else
 */
function stopSignal(onReload: () => void): Promise<NodeJS.Signals> {
  if (!hasTerminal) hangups.call(onReload);
  const signals = hasTerminal ? ([...STOP_SIGNALS, 'SIGHUP'] as const) : STOP_SIGNALS;
  return new Promise(resolve => {
    const stop = (signal: NodeJS.Signals) => {
      for (const each of signals) process.off(each, stop);
      resolve(signal);
    };
    for (const each of signals) process.on(each, stop);
  });
}
