import { visible } from '../adapters/view/visible.js';
import type { JournalFailure, JournalFailureCode } from '../application/server/cluster/journal.js';
import type {
  IdentityFailure,
  IdentityFailureCode,
  ListenFailure,
  ListenFailureCode,
  RoomLogFailure,
  RoomLogFailureCode,
} from '../application/server/failures.js';
import type { ExitMessage } from './exit.js';

/** Exit codes of the server beside 0 (stopped as asked), 1 (a fault) and 2 (wrong usage). */
const CANNOT_LISTEN = 3;
export const NO_HISTORY = 4;
const NO_IDENTITY = 5;

const OTHERWISE = 'Choose another folder with --data-dir, or --history memory to keep none.';

const LISTEN_FAILURES: Record<ListenFailureCode, (host: string, port: number, flag: string) => string> = {
  PORT_IN_USE: (host, port, flag) =>
    `Port ${port} of ${host} is in use. Stop the program that uses it, or choose another with ${flag}.`,
  BAD_ADDRESS: host =>
    `${host} is not an address of this machine, nor a name of one. Choose another with --host, or localhost.`,
  NO_PERMISSION: (_host, port, flag) =>
    `The server has no permission to listen on port ${port}. Choose one above 1023 with ${flag}.`,
  BAD_SOCKET: () =>
    'What the service manager has handed over (LISTEN_FDS) is no TCP socket. Give chatty.socket a port: ListenStream=8081.',
  CANNOT_SHARE: () =>
    'Servers cannot share a port on this system: give each of them one of its own, without --share-port.',
  CANNOT_LISTEN: (host, port, flag) =>
    `The server cannot listen on port ${port} of ${host}. Choose others with --host and ${flag}.`,
};

/** Which flag says where something is spoken. */
const PORT_FLAGS = { lines: '--port', http: '--web', ssh: '--ssh' };

const LOG_FAILURES: Record<RoomLogFailureCode, (path: string) => string> = {
  IN_USE: path =>
    `The history in ${path} is in use by another chatty server. Stop that one, or give this one a folder of its own with --data-dir.`,
  NO_PERMISSION: path => `The server has no permission to keep the history in ${path}. ${OTHERWISE}`,
  READ_ONLY: path => `${path} is read-only. ${OTHERWISE}`,
  DISK_FULL: path =>
    `There is no space left for the history in ${path}. Free some, choose another folder with --data-dir, or --history memory to keep none.`,
  DAMAGED: path =>
    `${path} is damaged, or not a history of chatty. Put a backup in its place, or move it away to start a new one.`,
  TOO_NEW: path =>
    `${path} was written by a newer chatty. Install that version, or choose another folder with --data-dir.`,
  NO_LIST: path =>
    `The list of names ${path} cannot be read. Check --names-file, and let the user that the server runs as read it.`,
  LOG_LOST: path =>
    `The log of the room has lost messages that this server has in ${path}: it was rolled back, or its stream was replaced. To go on without them, start once with --lost-log accept.`,
  OTHER_LOG: path =>
    `The log of the room is not the one that this server knows from ${path}: its stream was deleted and made again, or this is another cluster. If that was meant, start once with --lost-log accept.`,
  OTHER_RULES: path =>
    `The server ${path} of this room goes by other rules: give all of them the same version of chatty and of Node, or stop that one first.`,
  UNUSABLE: path => `The history cannot be kept in ${path}. ${OTHERWISE}`,
};

const ANOTHER_ROOM = 'or choose another room with --room';

const JOURNAL_FAILURES: Record<JournalFailureCode, (place: string, found: string) => string> = {
  UNREACHABLE: (place, found) =>
    `No broker answers at ${place}${inBrackets(found)}. Check --history, and that nats-server runs there.`,
  NOT_ALLOWED: (place, found) =>
    `The broker at ${place} does not let this server in${inBrackets(found)}. Check the login in --history, or --nats-creds.`,
  NOT_TRUSTED: (place, found) =>
    `The broker at ${place} has a certificate that is not trusted${inBrackets(found)}. Give the authority that it is from with --nats-tls-ca, and name the broker as its certificate does.`,
  NO_FILE: (path, found) =>
    `${path} cannot be used${inBrackets(found)}. Check --nats-creds and --nats-tls-ca, and let the user that the server runs as read it.`,
  TOO_OLD: (place, found) =>
    `The broker at ${place} is nats-server ${visible(found)}. A room on several servers needs 2.10 or later.`,
  NO_STORAGE: place =>
    `The broker at ${place} keeps nothing: it has no JetStream for this login. Start nats-server with --jetstream.`,
  NO_SPACE: (place, found) =>
    `The broker at ${place} has no space for the room${inBrackets(found)}. Give it some, or keep less: --keep-bytes.`,
  OTHER_SETTINGS: (place, found) =>
    `The broker at ${place} cannot keep the room as it has to be kept: ${visible(found)}. Change that there, ${ANOTHER_ROOM}.`,
  CUT: place =>
    `The beginning of the room's log at ${place} is gone, and no server that runs says what was in it. Delete the streams of the room to begin anew, ${ANOTHER_ROOM}.`,
  KEPT_LOST: (place, found) =>
    `The stream ${found} is gone at ${place}: bans, and whose names are whose, were in it. Restore it, or go on without: start once with --lost-log accept.`,
  NO_ROOM: (place, found) =>
    `There is no room ${found} at ${place}. Check --room and --history, or start a server of it.`,
  UNUSABLE: (place, found) => `The room cannot be kept at ${place}${inBrackets(found)}. ${OTHERWISE}`,
};

function inBrackets(found: string): string {
  return found === '' ? '' : ` (${visible(found)})`;
}

const IDENTITY_FAILURES: Record<IdentityFailureCode, (path: string) => string> = {
  NOT_FOUND: path => `There is no file ${path}. Check --tls-cert and --tls-key.`,
  NO_PERMISSION: path => `The server has no permission to use ${path}. Let the user that it runs as read it.`,
  NOT_READABLE: path => `${path} cannot be read.`,
  NOT_WRITABLE: path =>
    `The server cannot keep its key in ${path}. Free some space, or choose another folder with --data-dir.`,
  NOT_PRIVATE: path =>
    `Everybody on this machine can read the key in ${path}. Take that right away: chmod o= ${path}`,
  BAD_KEY: path => `${path} holds no key that can be used: it has to be PEM, without a passphrase.`,
  BAD_HOST_KEY: path =>
    `${path} holds no key that can be used: it has to be an Ed25519 key of OpenSSH, without a passphrase.`,
  BAD_CERTIFICATE: path =>
    `${path} holds no certificate that can be used: it has to be PEM, the server's own first.`,
  OTHER_KEY: path =>
    `The certificate in ${path} is not for the server's key. Give the two that belong together.`,
};

export function noIdentity({ code, path }: IdentityFailure): ExitMessage {
  return [IDENTITY_FAILURES[code](path), NO_IDENTITY];
}

/** Of the metrics. */
export function cannotServeMetrics({ code, address: { host, port } }: ListenFailure): ExitMessage {
  const [sentence = ''] = LISTEN_FAILURES[code](host, port, '--metrics').split('. ');
  return [`The metrics: ${sentence}. Choose another place for them with --metrics.`, CANNOT_LISTEN];
}

export function cannotListen({ code, address: { host, port, scheme } }: ListenFailure): ExitMessage {
  return [LISTEN_FAILURES[code](host, port, PORT_FLAGS[scheme ?? 'lines']), CANNOT_LISTEN];
}

export function noJournal({ code, place, found }: JournalFailure): ExitMessage {
  return [JOURNAL_FAILURES[code](place, found), NO_HISTORY];
}

export function noHistory({ code, path }: RoomLogFailure): ExitMessage {
  return [LOG_FAILURES[code](path), NO_HISTORY];
}
