import type { Wish } from './ssh-session.js';
import type { SshTerminal } from './ssh-terminal.js';

/** Who has come over ssh. */
export interface Visitor {
  readonly username: string;
  readonly address: string | undefined;
  /** Whose owner the client has shown to be. */
  readonly provenKey: string | undefined;
  /** Whether the name belongs to somebody who has another key. */
  readonly isForeign: boolean;
  /** Whether the client may have more keys, that were not looked at. */
  readonly hasMoreKeys: boolean;
  /** To be called when they are in the room, or are to be waited for in any case. */
  entered(): void;
}

/** How something ended: what is said of it, and the exit status. */
export interface Ending {
  readonly text?: string | undefined;
  readonly code: number;
}

/** How a message is sent. */
export interface SendWish {
  /** Nothing where it is read from the input. */
  readonly message: string | undefined;
  readonly isLines: boolean;
  readonly splits: boolean;
}

/** What can be done here; given by whoever knows the room and its views. None of it rejects but by a fault. */
export interface Rooms {
  /** Until the person leaves, at a terminal or in a pipe. */
  converse(terminal: SshTerminal, visitor: Visitor, env: NodeJS.ProcessEnv): Promise<Ending>;
  send(wish: SendWish, terminal: SshTerminal, visitor: Visitor): Promise<Ending>;
  /** Says who is here. */
  who(terminal: SshTerminal, visitor: Visitor): Promise<Ending>;
}

const USAGE = 2;
const HELP = [
  'ssh NAME@HOST              join the room, and talk',
  'ssh NAME@HOST who          who is here, a name in a line',
  "ssh NAME@HOST send 'TEXT'  send a message, and leave; without TEXT it is read from the input:",
  '                           as one message, with --lines each line as one, with --split in parts where it is too long',
  '',
].join('\n');

const SEND = /^send(?<flags>(?:\s+--(?:lines|split)(?!\S))*)(?:\s+(?<message>\S.*))?\s*$/s;

/** Does what a client of ssh wants. */
export async function visit(
  rooms: Rooms,
  { terminal, command, env }: Wish,
  visitor: Visitor,
): Promise<Ending> {
  const wanted = command?.trim() ?? '';
  if (wanted === '') return rooms.converse(terminal, visitor, env);
  const send = SEND.exec(wanted)?.groups;
  if (send !== undefined) {
    const { flags = '', message } = send;
    const isLines = flags.includes('--lines');
    if (isLines && message !== undefined)
      return { text: '--lines is for piped input, not for a message on the command line.', code: USAGE };
    return rooms.send({ message, isLines, splits: flags.includes('--split') }, terminal, visitor);
  }
  visitor.entered();
  if (wanted === 'who') return rooms.who(terminal, visitor);
  if (wanted === 'help' || wanted === '--help') {
    terminal.output.write(HELP);
    return { code: 0 };
  }
  return { text: `Here is no shell, but a room.\n${HELP.trimEnd()}`, code: USAGE };
}
