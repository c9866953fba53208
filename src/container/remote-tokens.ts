import type { Readable, Writable } from 'node:stream';
import type { ConversationOutcome } from '../application/client/conversation.js';
import type { ChatView, NewLink } from '../application/client/ports.js';
import type { SendReport } from '../application/client/send-once.js';
import type { ListUsers } from '../application/server/list-users.js';
import type { Refusal } from '../domain/refusal.js';
import { token } from './token.js';

/** What is said at the end, and the exit status. */
export interface Said {
  readonly text?: string | undefined;
  readonly code: number;
}

/** Whom a line inside this process is for. */
export interface Caller {
  readonly address: string | undefined;
  readonly provenKey: string | undefined;
  readonly transport: string;
  readonly endsSession: boolean;
}

/** What somebody who has only a terminal is shown by the server itself. */
export interface Remote {
  /** @param env of the terminal, if it is one; @param onWelcome called when the person is in the room */
  view(
    screen: { readonly input: Readable; readonly output: Writable; readonly env?: NodeJS.ProcessEnv },
    onWelcome: () => void,
  ): ChatView;
  /** The messages of a script, or why there are none; `unread` says afterwards what could not be read. */
  messages(
    input: Readable,
    given: string | undefined,
    asLines: boolean,
  ): Promise<
    | { readonly messages: AsyncIterable<string> | readonly string[]; unread(): Said | undefined }
    | { readonly problem: Said }
  >;
  ended(outcome: ConversationOutcome): Said;
  sent(report: SendReport): Said;
  refused(sentence: string): Said;
  /** Names, one in a line. */
  names(users: readonly string[]): string;
}

/** The parts that are about people who have no client of their own. */
export const REMOTE_TOKENS = {
  ListUsers: token<ListUsers>('ListUsers'),
  /** Makes links to the server of this same process, for somebody of whom that is known. */
  LinksInside: token<(caller: Caller) => NewLink>('LinksInside'),
  Remote: token<Remote>('Remote'),
  RefusalText: token<(refusal: Refusal) => string>('RefusalText'),
  NewKeyFile: token<() => string>('NewKeyFile'),
  SshHostKey: token<{ readonly fingerprint: string }>('SshHostKey'),
};
