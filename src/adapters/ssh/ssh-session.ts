import type { Socket } from 'node:net';
import type { ServerChannel, Session } from 'ssh2';
import { type Pty, SshTerminal } from './ssh-terminal.js';

/** What somebody wants who has opened a channel. */
export interface Wish {
  readonly terminal: SshTerminal;
  /** Nothing where it is the room itself that is wanted. */
  readonly command: string | undefined;
  /** What the client has told of its surroundings. */
  readonly env: NodeJS.ProcessEnv;
}

/** All that a client may tell; nothing of it reaches the server's own environment. */
const TELLABLE = /^(?:LANG|LC_[A-Z]+|COLORTERM|NO_COLOR|TERM_PROGRAM)$/;
const MAX_VARIABLES = 16;
const MAX_VALUE = 64;

const MAX_COMMAND = 64 * 1024;

/** Columns and rows of the largest screen that is drawn on, and of one that does not say. */
const MAX_SIZE: Pty = { columns: 500, rows: 300 };
const USUAL: Pty = { columns: 80, rows: 24 };

/** Listens to what is asked for on a channel, until it begins. Whatever is not named here, ssh2 refuses. */
export function listenTo(
  session: Session,
  socket: Socket,
  begin: (wish: Wish) => void,
  onWork: (ms: number) => void,
): void {
  const env: NodeJS.ProcessEnv = {};
  let pty: Pty | undefined;
  let terminal: SshTerminal | undefined;

  const start = (accept: () => ServerChannel | undefined, command?: string) => {
    const channel = accept();
    if (channel === undefined) return; // it has begun already
    terminal = new SshTerminal(channel, socket, pty, onWork);
    begin({ terminal, command, env });
  };

  session.on('pty', (accept, reject, { cols, rows, term }) => {
    if (terminal !== undefined || term.length > MAX_VALUE) return reject?.();
    pty = sizeOf(cols, rows);
    env.TERM = term;
    accept?.();
  });
  session.on('env', (accept, reject, { key, val }) => {
    const isTaken =
      terminal === undefined &&
      TELLABLE.test(key) &&
      val.length <= MAX_VALUE &&
      Object.keys(env).length < MAX_VARIABLES;
    if (!isTaken) return reject?.();
    env[key] = val;
    accept?.();
  });
  session.on('window-change', (accept, _, { cols, rows }) => {
    const size = sizeOf(cols, rows);
    if (terminal !== undefined) terminal.resized(size);
    else if (pty !== undefined) pty = size;
    accept?.();
  });
  session.on('signal', accept => {
    terminal?.hangUp(); // whichever: it is to end
    accept?.();
  });
  session.on('shell', accept => start(accept));
  session.on('exec', (accept, reject, { command }) => {
    if (command.length > MAX_COMMAND) reject?.();
    else start(accept, command);
  });
}

function sizeOf(columns: number, rows: number): Pty {
  return {
    columns: columns === 0 ? USUAL.columns : Math.min(columns, MAX_SIZE.columns),
    rows: rows === 0 ? USUAL.rows : Math.min(rows, MAX_SIZE.rows),
  };
}
