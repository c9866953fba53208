import type { ChatRequest } from '../../../application/chat-request.js';
import type { UserCommand } from '../../../application/client/user-command.js';
import {
  decodeCommand,
  ExtendedJoin,
  ExtendedSend,
  History,
  Join,
  Leave,
  Search,
  Who,
} from '../../wire/commands.js';
import { ProtocolError } from '../../wire/protocol-error.js';

const USUAL_LIMIT = 20;

/** What a line of a program means: a command, with the program's own `ref` if it has one, or why it is none. */
export type Input =
  | { readonly type: 'COMMAND'; readonly command: UserCommand; readonly ref?: string }
  | { readonly type: 'JOIN'; readonly username: string }
  | { readonly type: 'ERROR'; readonly code: 'NOT_JSON' | 'NOT_A_COMMAND' };

/** Reads a line: a Command of the wire when it begins with {, otherwise a message, exactly as it is. Never throws. */
export function readInput(line: string): Input {
  if (line === '') return { type: 'COMMAND', command: { type: 'nothing' } };
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
  if (command instanceof Search)
    return asking({ type: 'search', words: '', limit: USUAL_LIMIT, ...body(command) });
  if (command instanceof History) return asking({ type: 'history', limit: USUAL_LIMIT, ...body(command) });
  // A History is a Who, and so is a Search: what is left is one.
  if (command instanceof Who) return asking({ type: 'who' });
  if (command instanceof Leave) return { type: 'COMMAND', command: { type: 'leave' } };
  if (command instanceof Join || command instanceof ExtendedJoin)
    return { type: 'JOIN', username: command.username };
  return { type: 'ERROR', code: 'NOT_A_COMMAND' };
}

function asking(request: ChatRequest): Input {
  return { type: 'COMMAND', command: { type: 'request', request } };
}

/** What a request asks for; a program's own `ref` of one is not kept. */
function body<T extends Who>(command: T): Omit<T, 'ref'> {
  const { ref: _, ...rest } = present(command);
  return rest;
}

/** The members that were given. */
function present<T extends object>(command: T): T {
  return Object.fromEntries(Object.entries(command).filter(([, value]) => value !== undefined)) as T;
}
