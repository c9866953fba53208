import type { UserCommand } from '../../../application/client/user-command.js';
import { decodeCommand, ExtendedJoin, ExtendedSend, Join, Leave } from '../../wire/commands.js';
import { ProtocolError } from '../../wire/protocol-error.js';
import { Question } from '../../wire/questions.js';

/** What a line of a program means: a command, with the program's own `ref` if it has one, or why it is none. */
export type Input =
  | { readonly type: 'NOTHING' }
  | { readonly type: 'COMMAND'; readonly command: UserCommand; readonly ref?: string }
  | { readonly type: 'JOIN'; readonly username: string }
  | { readonly type: 'ERROR'; readonly code: 'NOT_UTF8' | 'NOT_JSON' | 'NOT_A_COMMAND' };

/** Reads a line: a Command of the wire when it begins with {, otherwise a message, exactly as it is. Never throws. */
export function readInput(line: string): Input {
  if (line === '') return { type: 'NOTHING' };
  if (!line.trimStart().startsWith('{'))
    return { type: 'COMMAND', command: { type: 'send', message: { content: line } } };
  try {
    return ofWire(decodeCommand(Buffer.from(line), 'extended'));
  } catch (fault) {
    if (!(fault instanceof ProtocolError)) throw fault;
    return { type: 'ERROR', code: fault.code === 'NOT_JSON' ? 'NOT_JSON' : 'NOT_A_COMMAND' };
  }
}

function ofWire(command: ReturnType<typeof decodeCommand>): Input {
  if (command instanceof ExtendedSend) {
    const { ref, username: _, ...message } = present(command);
    return { type: 'COMMAND', command: { type: 'send', message }, ...(ref !== undefined && { ref }) };
  }
  if (command instanceof Question)
    return { type: 'COMMAND', command: { type: 'request', request: present(command.request()) } };
  if (command instanceof Leave) return { type: 'COMMAND', command: { type: 'leave' } };
  if (command instanceof Join || command instanceof ExtendedJoin)
    return { type: 'JOIN', username: command.username };
  return { type: 'ERROR', code: 'NOT_A_COMMAND' };
}

/** The members that were given. */
function present<T extends object>(command: T): T {
  return Object.fromEntries(Object.entries(command).filter(([, value]) => value !== undefined)) as T;
}
