import type { Command } from '@oclif/core';
import { formatServerName } from '../adapters/config/server-name.js';
import { holderText } from '../adapters/terminal/holder-text.js';
import { LogFailure } from '../adapters/terminal/log-file.js';
import { visible } from '../adapters/terminal/visible.js';
import type { ConversationOutcome } from '../application/client/conversation.js';
import {
  type ConnectFailure,
  type ConnectFailureCode,
  type ConnectFailureDetails,
  KeyFailure,
} from '../application/client/ports.js';
import { keyText, notProvenText } from './key-text.js';

/** Exit codes of the client's commands, beside 0 (done) and 1 (a fault). */
export const EXIT = {
  USAGE: 2,
  CANNOT_CONNECT: 3,
  NAME_TAKEN: 4,
  NOT_ADMITTED: 5,
  LOST: 6,
  SERVER_STOPPING: 7,
  NOT_CHATTY: 8,
  REPLACED: 9,
  NOT_ALL_DONE: 10,
  INTERRUPTED: 11,
  OTHER_KEY: 12,
} as const;

/** What was wrong, and the exit code. */
export type ExitMessage = readonly [text: string, exit: number];

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
  return [source === undefined ? text : `${text} ${source}`, exit];
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

/** What is said at the end, if anything is. A program is not told what a person could do next. */
export function explain(end: ConversationOutcome, isPerson = true): ExitMessage | undefined {
  const { unsent = 0, unsure = 0, failed = 0 } = end;
  if (end.type === 'LEFT' && unsent + unsure === 0) {
    if (failed > 0) return [failedText(failed), EXIT.NOT_ALL_DONE];
    return end.isInterrupted ? ['Interrupted before the end of the input.', EXIT.INTERRUPTED] : undefined;
  }
  const [text, hint, exit] = explainType(end);
  const next = isPerson ? hint : programHint(end);
  const rest = [unsent > 0 && unsentText(unsent), unsure > 0 && unsureText(unsure)];
  return [[text, next, ...rest].filter(Boolean).join(' '), exit];
}

/** What a program's operator can do. */
function programHint(end: ConversationOutcome): string {
  if (end.type === 'HERE_ALREADY' || (end.type === 'NAME_TAKEN' && end.holder !== undefined))
    return 'Give it more time with --retry-for.';
  return end.type === 'NAME_TAKEN' ? 'Choose another one with --username.' : '';
}

function explainType(end: ConversationOutcome): [text: string, hint: string, exit: number] {
  switch (end.type) {
    case 'LEFT':
      return ['You left before everything was sent.', '', EXIT.LOST];
    case 'NO_USERNAME':
      return ['A username is needed: chatty client:join USERNAME', '', EXIT.USAGE];
    case 'NAME_TAKEN':
      return end.holder === undefined
        ? [`The name ${visible(end.username)} is taken.`, 'Join under another one.', EXIT.NAME_TAKEN]
        : [holderText(end.username, end.holder), 'Join again then.', EXIT.NAME_TAKEN];
    case 'HERE_ALREADY':
      return [
        `You are here as ${visible(end.username)} already, in another program on this machine (process ${end.pid}).`,
        'Leave there first.',
        EXIT.NAME_TAKEN,
      ];
    case 'NOT_PROVEN':
      return [notProvenText(end), '', EXIT.NOT_ADMITTED];
    case 'NOT_ADMITTED':
      return [visible(end.reason), '', EXIT.NOT_ADMITTED];
    case 'LOST':
      return ['The connection was lost.', 'Join again to go on.', EXIT.LOST];
    case 'SERVER_STOPPING':
      return ['The server has stopped.', 'Join again when it is back.', EXIT.SERVER_STOPPING];
    case 'NO_ANSWER':
      return [
        'The server accepts the connection but does not answer: it is suspended or busy, or it is not a chatty server.',
        'Try again later, or check --host and --port.',
        EXIT.NOT_CHATTY,
      ];
    case 'NOT_CHATTY':
      return ['What answers there is not a chatty server. Check --host and --port.', '', EXIT.NOT_CHATTY];
    case 'REPLACED':
      return ['You joined from somewhere else, and your session continues there.', '', EXIT.REPLACED];
  }
}

function failedText(failed: number): string {
  return failed === 1
    ? '1 line failed. The reason is above.'
    : `${failed} lines failed. The reasons are above.`;
}

function unsureText(unsure: number): string {
  const them = unsure === 1 ? '1 message' : `${unsure} messages`;
  return `${them} may not have arrived: the connection was lost, and this server does not confirm messages.`;
}

function unsentText(unsent: number): string {
  return unsent === 1 ? '1 message is unsent.' : `${unsent} messages are unsent.`;
}
