import type { ClientEvent } from '../../application/client/client-event.js';
import type { ChatView } from '../../application/client/ports.js';
import { CONTINUED, eventText } from '../view/event-text.js';
import { localTime } from '../view/time.js';
import { type Named, nameText } from '../view/verified-name.js';
import { LogFailure, type LogFile } from './log-file.js';
import { WrappedView } from './wrapped-view.js';

/** A view that does not show what everybody says. */
export interface Hiding {
  /** Whether nothing of somebody is shown. */
  hides(username: string): boolean;
}

/**
 * Any view, and a file that has in it what the view shows, own messages as well: one line each, as plain text with date
 * and time. A file that cannot be written any more is told once, and ends nothing but itself.
 */
export class LogView extends WrappedView<ChatView & Partial<Hiding>> {
  #own: Named = { username: '' };
  /** What one does oneself is said by its `ref` alone when it is recorded. */
  readonly #actions = new Map<string, string>();
  #isBroken = false;

  constructor(
    view: ChatView & Partial<Hiding>,
    private readonly file: Pick<LogFile, 'path' | 'append'>,
  ) {
    super(view);
  }

  override show(event: ClientEvent): Promise<void> | undefined {
    const problem = this.#isBroken ? undefined : this.#keep(event);
    const full = this.view.show(event);
    if (problem === undefined) return full;
    this.#isBroken = true;
    return this.view.show({ type: 'LogEnded', file: this.file.path, problem }) ?? full;
  }

  /** Why it cannot be kept; nothing when it is. */
  #keep(event: ClientEvent): string | undefined {
    const rows = this.#rowsOf(event);
    if (rows.length === 0) return undefined;
    try {
      this.file.append(`${rows.join('\n')}\n`);
      return undefined;
    } catch (error) {
      if (!(error instanceof LogFailure)) throw error;
      return error.problem;
    }
  }

  #rowsOf(event: ClientEvent): string[] {
    const now = Date.now();
    switch (event.type) {
      case 'Earlier':
      case 'History':
      case 'Found': {
        const memos = event.memos.filter(({ username }) => !this.#hides(username));
        return memos.length < event.memos.length && memos.length === 0
          ? []
          : rowsAt(now, eventText({ ...event, memos }));
      }
      case 'Memo':
        if (this.#hides(event.username)) return [];
        return rowsAt(event.at ?? now, memoText(event));
      case 'Pending':
        if (event.kind === 'action') this.#actions.set(event.ref, event.content);
        return [];
      case 'Accepted': {
        const own = eventText({ type: 'Memo', ...this.#ownOf(event) });
        return [...rowsAt(event.at ?? now, own), ...rowsAt(now, eventText(event))];
      }
      case 'Refused':
      case 'TooLong':
        this.#forget(event.content);
        break;
      case 'Welcome':
        this.#own = event;
        break;
      case 'Reconnected':
        this.#own = { username: this.#own.username, ...(event.verified && { verified: true }) };
    }
    return rowsAt(now, eventText(event, this.isInteractive ? '/' : ''));
  }

  #hides(username: string): boolean {
    return this.view.hides?.(username) === true;
  }

  #ownOf({ ref, content }: { readonly ref: string; readonly content: string }) {
    const isAction = this.#actions.delete(ref);
    const { username, verified } = this.#own;
    return { username, ...(verified && { verified }), content, ...(isAction && { kind: 'action' as const }) };
  }

  /** It is refused, and only its words say which it was. */
  #forget(refused: string | undefined): void {
    for (const [ref, content] of this.#actions) {
      if (content !== refused) continue;
      this.#actions.delete(ref);
      return;
    }
  }
}

function memoText(memo: Extract<ClientEvent, { type: 'Memo' }>): string | undefined {
  const { kind } = memo;
  return kind === 'joined' || kind === 'left' ? `--- ${nameText(memo)} ${kind} ---` : eventText(memo);
}

/** Each row with a time before it, but for those that go on with the one before. */
function rowsAt(at: number, text: string | undefined): string[] {
  const time = localTime(at);
  return text?.split('\n').map(row => (row.startsWith(CONTINUED) ? row : `${time} ${row}`)) ?? [];
}
