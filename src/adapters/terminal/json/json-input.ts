import type { UserCommand } from '../../../application/client/user-command.js';
import type { Seq } from '../../../domain/events.js';
import type { SearchQuery } from '../../../domain/message-search.js';
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
  if (!line.trimStart().startsWith('{')) return { type: 'COMMAND', command: { type: 'send', content: line } };
  try {
    return ofWire(decodeCommand(Buffer.from(line), 'extended'));
  } catch (fault) {
    if (!(fault instanceof ProtocolError)) throw fault;
    return { type: 'ERROR', code: fault.code === 'NOT_JSON' ? 'NOT_JSON' : 'NOT_A_COMMAND' };
  }
}

function ofWire(command: ReturnType<typeof decodeCommand>): Input {
  if (command instanceof ExtendedSend) {
    const { content, kind, ref } = command;
    return {
      type: 'COMMAND',
      command: { type: 'send', content, ...(kind && { kind }) },
      ...(ref !== undefined && { ref }),
    };
  }
  if (command instanceof Search)
    return { type: 'COMMAND', command: { type: 'search', query: queryOf(command) } };
  if (command instanceof History) {
    const { limit = USUAL_LIMIT, before } = command;
    return { type: 'COMMAND', command: { type: 'history', limit, ...beforeOf(before) } };
  }
  // A History is a Who, and so is a Search: what is left is one.
  if (command instanceof Who) return { type: 'COMMAND', command: { type: 'who' } };
  if (command instanceof Leave) return { type: 'COMMAND', command: { type: 'leave' } };
  if (command instanceof Join || command instanceof ExtendedJoin)
    return { type: 'JOIN', username: command.username };
  return { type: 'ERROR', code: 'NOT_A_COMMAND' };
}

function queryOf({ words = '', from, since, until, limit = USUAL_LIMIT }: Search): SearchQuery {
  return {
    words,
    ...(from !== undefined && { from }),
    ...(since !== undefined && { since }),
    ...(until !== undefined && { until }),
    limit,
  };
}

function beforeOf(before: Seq | undefined): { before?: Seq } {
  return before === undefined ? {} : { before };
}
