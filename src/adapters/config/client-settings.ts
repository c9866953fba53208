import { DEFAULT_ANSWER, MAX_ANSWER } from '../../application/chat-request.js';
import { BELLS, COLOR_MODES, COMMAND_STYLES, PRESENCE_MODES } from '../../application/client/preferences.js';
import { HOST, PORT, type SettingsTable } from './setting.js';

/** Seconds; a script must come to an end, a person ends it when they like. */
export const RETRY_IN_A_PIPE = 60;

/** Seconds that a script tries to reach a server at first, unless it is told otherwise: one may be restarting. */
export const FIRST_CONTACT_OF_A_SCRIPT = 10;

/** Messages shown on joining; a program at the other end of a pipe gets none. */
const SHOWN_AT_A_TERMINAL = DEFAULT_ANSWER;

/** Everything that a person who joins can set. What a name may be is for the server to say. */
export const CLIENT_SETTINGS = {
  username: {
    kind: 'text',
    flag: 'username',
    // Longer than any server allows: such a name would not even fit on a line.
    maxLength: 255,
    help: 'Who you are.',
  },
  host: {
    ...HOST,
    help: 'Machine where the server runs.',
    ifEmpty: 'The host is empty: name the machine where the server runs.',
  },
  port: { ...PORT, help: 'Port of the server.' },
  to: {
    kind: 'text',
    flag: 'to',
    placeholder: '<host[:port][#key],...>',
    form: 'servers',
    help: 'The server as it was handed on to you, with the fingerprint of its key; in place of --host and --port. Several that hold one room, with commas between: when one is gone, the next is joined.',
    ifEmpty: 'The server of --to is empty.',
  },
  plaintext: {
    kind: 'switch',
    flag: 'plaintext',
    default: false,
    help: 'Speak in plain text with a server elsewhere; whoever is between can read and change everything.',
  },
  key: {
    kind: 'text',
    flag: 'key',
    form: 'path',
    placeholder: '<file>|agent|none',
    maxLength: 4096,
    ifEmpty: 'The key has no name: give a file, agent, agent:SHA256:..., or none.',
    help: 'The Ed25519 key that proves that your name is yours: of a file of OpenSSH, of ssh-agent (agent, or agent:SHA256:...), or none.',
    defaultText: "Default: chatty's own, made at the first use.",
  },
  showHistory: {
    kind: 'number',
    flag: 'show-history',
    formerly: { flag: 'history', variable: 'CHATTY_JOIN_HISTORY' },
    default: SHOWN_AT_A_TERMINAL,
    min: 0,
    max: MAX_ANSWER,
    help: 'Earlier messages that are shown on joining.',
    defaultText: `Default: ${SHOWN_AT_A_TERMINAL} at a terminal, 0 in a pipe and with --json.`,
  },
  retryForSeconds: {
    kind: 'number',
    flag: 'retry-for',
    placeholder: '<seconds>',
    unit: 'Seconds',
    min: 0,
    max: 30 * 24 * 60 * 60,
    help: 'How long to try to come back when the connection is lost, and, if you say so, to come in at first; 0 for never.',
    defaultText: `Default: for ever at a terminal, ${RETRY_IN_A_PIPE} in a pipe and with --json.`,
  },
  json: {
    kind: 'switch',
    flag: 'json',
    default: false,
    help: 'Write one JSON object for each thing that happens; for bots.',
  },
  listen: {
    kind: 'switch',
    flag: 'listen',
    default: false,
    help: 'Stay when the input ends, until a signal; for bots that only listen.',
  },
  plain: {
    kind: 'switch',
    flag: 'plain',
    default: false,
    help: 'Write every line once, and draw nothing again; for screen readers.',
  },
  log: {
    kind: 'text',
    flag: 'log',
    form: 'path',
    placeholder: '<file>',
    help: 'Append what is shown to this file, with date and time; nobody else can read a new one.',
    ifEmpty: 'The file of --log has no name.',
  },
  color: {
    kind: 'choice',
    flag: 'color',
    default: 'auto',
    choices: COLOR_MODES,
    help: 'Whether to use colors; auto goes by the terminal, NO_COLOR and FORCE_COLOR.',
  },
  bell: {
    kind: 'choice',
    flag: 'bell',
    default: 'mentions',
    choices: BELLS,
    help: 'When the terminal rings.',
  },
  commands: {
    kind: 'choice',
    flag: 'commands',
    choices: COMMAND_STYLES,
    help: 'Which lines are commands: "send ..." and "leave" too, or only what begins with a slash.',
    defaultText: 'Default: words.',
  },
  presence: {
    kind: 'choice',
    flag: 'presence',
    default: 'folded',
    choices: PRESENCE_MODES,
    help: 'Which comings and goings are shown: each, several at once in one row, or none.',
  },
  ignore: {
    kind: 'text',
    flag: 'ignore',
    placeholder: '<names>',
    maxLength: 8192,
    help: 'Whose messages are not shown; commas between the names.',
  },
  highlight: {
    kind: 'text',
    flag: 'highlight',
    placeholder: '<words>',
    maxLength: 8192,
    help: 'Words that ring like your name; commas between them.',
  },
  align: {
    kind: 'number',
    flag: 'align',
    placeholder: '<columns>',
    default: 12,
    min: 0,
    max: 40,
    help: 'How wide the column of names may become; 0 for none: then each text begins behind its name.',
  },
  notify: {
    kind: 'choice',
    flag: 'notify',
    default: 'off',
    choices: ['off', 'osc9', 'osc777'],
    help: 'How to ask the terminal for a notification whenever it rings.',
  },
} as const satisfies SettingsTable;

const { username, host, port, to, plaintext, key, retryForSeconds } = CLIENT_SETTINGS;
const { defaultText: _, ...retryFor } = retryForSeconds;

/** Those of a client that sends and leaves. */
export const SENDER_SETTINGS = {
  username,
  host,
  port,
  to,
  plaintext,
  key,
  retryForSeconds: { ...retryFor, default: RETRY_IN_A_PIPE },
} as const satisfies SettingsTable;
