import type { ChatMemo } from '../../application/chat-response.js';
import type { Seq } from '../../domain/events.js';
import { Presence, presenceText } from '../view/presence.js';
import { clockTime } from '../view/time.js';
import { visible } from '../view/visible.js';
import type { RoomPage } from './room-page.js';

/** What others in the room say and do, as a person at a page is shown it. */
export class RoomMemos {
  /** The name under which the person is here. */
  username = '';
  /** The last event that is in the number of people which came with the last Joined. */
  countedTo: Seq = 0;
  readonly presence: Presence;
  #hasMissedMark = true;

  /** @param readAt until when somebody has read here before, in milliseconds since 1970 */
  constructor(
    private readonly page: RoomPage,
    private readonly readAt: number,
  ) {
    this.presence = new Presence(change => {
      const isOne = change.joined.length + change.left.length === 1;
      const arrow = isOne ? (change.joined.length > 0 ? '→ ' : '← ') : '';
      page.note(arrow + visible(presenceText(change)), change.at)?.classList.add('presence');
    });
    this.presence.mode = page.choices.presence;
  }

  /** What comes from now on was missed, until it is over. */
  catchUp(isCatchingUp: boolean): void {
    this.#hasMissedMark = !isCatchingUp;
    this.page.notifier.ringer.catchUp(!isCatchingUp);
  }

  /** What was said before one came. */
  earlier(memos: readonly ChatMemo[]): void {
    const { reader, timeline, names } = this.page;
    for (const { username, seq, at } of memos) {
      reader.said(seq, at);
      if (username !== this.username) names.spoke(username);
    }
    timeline.prepend(memos);
    timeline.markNewSince(this.readAt, 'new since you were here');
  }

  show(memo: ChatMemo): void {
    const { page } = this;
    const { kind, username, seq, at = Date.now() } = memo;
    page.reader.said(seq, at);
    if (kind === 'joined' || kind === 'left') {
      this.#moved(memo, kind);
      if (!page.choices.isIgnored(username)) this.presence.add(kind, memo, at);
      return;
    }
    this.#change(memo);
    this.presence.before(at);
    this.#markMissed();
    if (!page.reader.makeRoom()) {
      page.showBelow(1);
      return;
    }
    const row = page.timeline.append(memo);
    if (row === undefined || page.choices.isIgnored(username)) return;
    if (!page.scroll.isAtEnd) page.showBelow(1);
    if (username !== this.username) this.#heard(memo, row);
  }

  #heard(memo: ChatMemo, row: HTMLElement): void {
    const { rows, announcer, names, notifier, attention, timeline } = this.page;
    const isMention = rows.isMention(memo);
    announcer.message(memo, isMention);
    if (memo.kind === 'notice') return;
    names.spoke(memo.username);
    notifier.ringer.heard(memo, isMention);
    const since = attention.heard(isMention);
    if (since !== undefined) timeline.markNew(row, `new since ${clockTime(since)}`);
  }

  #moved({ username, verified, seq = Number.POSITIVE_INFINITY }: ChatMemo, kind: 'joined' | 'left'): void {
    const { people, rows, names } = this.page;
    const isCounted = seq <= this.countedTo;
    if (kind === 'joined') {
      people.joined({ username, ...(verified && { verified }) }, isCounted);
      names.here(username);
    } else {
      people.left(username, isCounted);
      names.left(username);
      rows.left(username);
    }
  }

  #change({ change }: ChatMemo): void {
    if (change?.type === 'deleted') {
      this.page.timeline.erase(change.target);
      this.page.search.erase(change.target);
    } else if (change?.type === 'topic') this.page.topic(change.topic);
  }

  /** The line above what was missed. */
  #markMissed(): void {
    if (this.#hasMissedMark) return;
    this.#hasMissedMark = true;
    this.page.timeline.rule('new while you were away', 'new');
  }
}
