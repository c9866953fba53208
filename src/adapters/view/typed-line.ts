import type { ChatRequest, OutgoingMessage } from '../../application/chat-request.js';
import type { UserCommand } from '../../application/client/user-command.js';

/** Why what came in is not text, as a sentence. */
export class NotText {
  constructor(readonly problem: string) {}
}

/** What was wrong with a command that is known. */
export type UsageProblem = 'COUNT' | 'DATE' | 'NOTHING_TO_SEARCH' | 'ALONE' | 'KEY' | 'WHO' | 'DURATION';

/** What a person chooses for their view, with the word that chooses it. */
export type ChoiceName = 'bell' | 'presence' | 'commands' | 'ignore' | 'unignore' | 'highlight';

/** A line that the view answers by itself. */
export type ViewLine =
  | { readonly type: 'nothing' }
  /** `topic`: a command, or `keys`; empty for all. */
  | { readonly type: 'help'; readonly topic: string }
  /** `choice` as it was typed; empty to see what is chosen. */
  | { readonly type: 'choice'; readonly name: ChoiceName; readonly choice: string }
  | { readonly type: 'clear' }
  | { readonly type: 'expand' }
  /** What was said around a message that was found, counted from the newest. */
  | { readonly type: 'around'; readonly which: number }
  /** A message that was found, counted from the newest, is to be deleted. */
  | { readonly type: 'deleteHit'; readonly which: number }
  /** `nearest`: the command that may have been meant. */
  | { readonly type: 'unknown'; readonly line: string; readonly nearest?: string }
  /** It is not even text. */
  | { readonly type: 'garbled'; readonly problem: string }
  | { readonly type: 'wrong'; readonly problem: UsageProblem; readonly text: string };

/** What a line means. */
export type TypedLine = Exclude<UserCommand, { type: 'invalid' }> | ViewLine;

/** A command, as it is read and as the help has it. */
export interface Command {
  readonly name: string;
  /** Other names, which people know from elsewhere. */
  readonly aliases?: readonly string[];
  /** What follows the name, for the help. */
  readonly usage?: string;
  readonly summary: string;
  /** More rows of the help for this command alone. */
  readonly details?: readonly string[];
  /** Only for a person: a script has no use for it. */
  readonly isForTalk?: true;
  /** Told of in a help of its own. */
  readonly isForOperators?: true;
  /** @param rest what follows the name, without the white space around it */
  readonly read: (rest: string) => TypedLine;
}

export function say(message: OutgoingMessage): TypedLine {
  return { type: 'send', message };
}

export function ask(request: ChatRequest): TypedLine {
  return { type: 'request', request };
}

export function wrong(problem: UsageProblem, text: string): TypedLine {
  return { type: 'wrong', problem, text };
}
