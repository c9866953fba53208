import type { Command } from '@oclif/core';
import { formatServerName } from '../adapters/config/server-name.js';
import { EXIT, type ExitMessage } from '../adapters/terminal/end-text.js';
import { keyText } from '../adapters/terminal/key-text.js';
import { LogFailure } from '../adapters/terminal/log-file.js';
import { visible } from '../adapters/view/visible.js';
import {
  type ConnectFailure,
  type ConnectFailureCode,
  type ConnectFailureDetails,
  KeyFailure,
} from '../application/client/ports.js';

export { EXIT, type ExitMessage, explain } from '../adapters/terminal/end-text.js';

/** One plain line, not oclif's frame around several. */
export function fail(command: Command, text: string, exit: number): never {
  command.logToStderr(text);
  return command.exit(exit);
}

/**
 * Says how it went, and decides with which exit code the command ends.
 * @param signalled that of a signal, which wins: somebody else has ended this, and wants to know that
 */
export function conclude(command: Command, verdict?: ExitMessage, signalled?: number): void {
  if (verdict === undefined) process.exitCode = signalled;
  else fail(command, verdict[0], signalled ?? verdict[1]);
}

type ConnectFailureText = (host: string, port: number, details: ConnectFailureDetails) => string;

const CONNECT_FAILURES: Record<ConnectFailureCode, ConnectFailureText> = {
  REFUSED: (host, port) =>
    `No server answers on port ${port} of ${host}. Start one with chatty server:start, or name another with --host and --port.`,
  UNKNOWN_HOST: host => `There is no machine named ${host}. Check the name given with --host.`,
  TIMED_OUT: (host, port) =>
    `${host} did not answer on port ${port}. Check --host and --port, and whether a firewall is between.`,
  UNREACHABLE: (host, port) =>
    `Port ${port} of ${host} cannot be reached. Check --host and --port, and your network.`,
  NOT_ENCRYPTED: (host, port) =>
    `What answers on port ${port} of ${host} does not speak TLS 1.3, so nothing was said to it. Check the address. An older server can be joined with --plaintext: whoever is between can then read and change everything.`,
  HUNG_UP: (host, port) =>
    `What answers on port ${port} of ${host} has hung up before anything was said: it may have too many connections, from your address or in all. Try again later.`,
  OTHER_KEY: (host, port, { found: pin = '', isGiven }) => {
    const other = isGiven
      ? `The server on port ${port} of ${host} has another key than the one that you gave behind #`
      : `The key of the server on port ${port} of ${host} is not the one it had when you were last there`;
    return `${other}: somebody may have put another server in its place. You have not joined, and nothing was said to it. Ask who runs it. If its key is ${visible(pin)} now, join with --to '${visible(formatServerName({ host, port, pin }))}'.`;
  },
  NO_KNOWN_SERVERS: (_host, _port, { path = '' }) =>
    `The keys of servers that you know are in ${visible(path)}, which cannot be read. Correct the file, or delete it and compare the keys anew.`,
};

/** @param source where the address comes from, if it is not from the command line */
export function notConnected({ code, address, details }: ConnectFailure, source?: string): ExitMessage {
  const text = CONNECT_FAILURES[code](visible(address.host), address.port, details);
  const exit = code === 'OTHER_KEY' ? EXIT.OTHER_KEY : EXIT.CANNOT_CONNECT;
  return [[text, othersText(details), source].filter(part => part !== undefined).join(' '), exit];
}

function othersText({ others = 0 }: ConnectFailureDetails): string | undefined {
  if (others === 0) return undefined;
  return others === 1
    ? 'The other address could not be joined either.'
    : `None of the other ${others} addresses could be joined either.`;
}

/** The file of --log cannot be opened, or the key cannot be used. */
export function notBegun(error: unknown): ExitMessage {
  if (error instanceof KeyFailure) return [keyText(error), EXIT.USAGE];
  if (!(error instanceof LogFailure)) throw error;
  return [
    `${visible(error.path)} cannot be opened: ${visible(error.problem)}. Give another file with --log.`,
    EXIT.USAGE,
  ];
}
