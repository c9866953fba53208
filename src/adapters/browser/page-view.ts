import type { ClientEvent } from '../../application/client/client-event.js';
import type { ChatView } from '../../application/client/ports.js';
import type { UserCommand } from '../../application/client/user-command.js';
import { eventText } from '../view/event-text.js';
import { asTyped } from '../view/own-messages.js';
import type { ViewLine } from '../view/typed-line.js';
import { wordsFor } from '../view/typed-replies.js';
import { visible } from '../view/visible.js';
import { pageHelp } from './page-help.js';
import { PageInput } from './page-input.js';
import { RoomMemos } from './room-memos.js';
import type { RoomPage } from './room-page.js';

type Event<T extends ClientEvent['type']> = Extract<ClientEvent, { type: T }>;

/** What is shown of each event, beside the messages. */
type Shown = { readonly [T in ClientEvent['type']]?: (event: Event<T>) => void };

/** Events between which comings and goings are still gathered. */
const QUIET: readonly ClientEvent['type'][] = ['Accepted', 'Pending', 'Delayed', 'Lagging'];

const KEYLESS =
  'Your browser keeps no key for this page: that takes https, and a browser of 2025. Your name is not proven, and is free for others when you leave.';

/** A person at a page of their browser: one conversation, from the name to the end. */
export class PageView implements ChatView {
  readonly isInteractive = true;
  readonly #interrupted = Promise.withResolvers<void>();
  readonly interrupted: Promise<void> = this.#interrupted.promise;
  readonly #input = new PageInput(line => this.#answer(line));
  readonly #memos: RoomMemos;
  /** Why the last question is asked. */
  #reason: Event<'NameRefused' | 'HereAlready'> | undefined;

  /**
   * @param code of this browser's key, if it has one
   * @param readAt until when somebody has read here before, in milliseconds since 1970
   */
  constructor(
    private readonly page: RoomPage,
    private readonly code: string | undefined,
    readAt: number,
  ) {
    page.input = this.#input;
    this.#memos = new RoomMemos(page, readAt);
  }

  async ask(): Promise<string | undefined> {
    const { door } = this.page;
    const reason = this.#reason;
    this.#reason = undefined;
    this.page.leave();
    if (reason === undefined) return door.ask('');
    if (reason.type === 'HereAlready') {
      const problem = `You are here as ${visible(reason.username)} already, in another tab of this browser.`;
      const [yes, no] = [
        { label: 'Continue here', value: 'y' },
        { label: 'Another name', value: 'n' },
      ];
      return door.ask(problem, no, yes);
    }
    const isClaimed = this.code !== undefined && reason.reason?.includes(this.code) === true;
    const claimed = `The name ${visible(reason.username)} belongs to somebody.`;
    const answer = door.ask(
      isClaimed ? claimed : (eventText(reason) ?? ''),
      reason.holder && { label: 'Wait for it', value: '' },
    );
    door.showCode(isClaimed ? this.code : undefined);
    return answer;
  }

  commands(): AsyncIterable<UserCommand> {
    return this.#input.commands();
  }

  show(event: ClientEvent): undefined {
    const { presence } = this.#memos;
    if (this.#input.take(event)) return;
    if (event.type === 'Memo') this.#memos.show(event);
    else {
      if (event.type === 'Accepted') presence.before(event.at ?? Date.now());
      else if (!QUIET.includes(event.type)) presence.flush();
      const shown = this.#shown[event.type] as ((event: ClientEvent) => void) | undefined;
      if (shown === undefined) this.page.tell(wordsOf(event));
      else shown(event);
    }
    this.page.scroll.follow();
  }

  close(): void {
    this.#interrupted.resolve();
    this.#memos.presence.close();
    this.#input.end();
    this.page.own.takeAll(); // kept with the session, and shown again by whoever takes it up
  }

  /** All others are told in words. */
  readonly #shown: Shown = {
    Welcome: event => this.#welcome(event),
    Earlier: ({ memos }) => {
      this.#memos.earlier(memos);
      this.page.scroll.toEnd();
    },
    Pending: event => {
      this.page.own.add(event);
      this.page.scroll.toEnd();
    },
    Accepted: event => this.#accepted(event),
    Refused: event => this.#refused(event, visible(event.reason)),
    TooLong: event => this.#refused(event, eventText(event) ?? ''),
    Reconnecting: event => {
      this.#memos.catchUp(false);
      this.page.line.away(event);
      if (this.#memos.username === '') this.page.door.tell(eventText({ ...event, isNews: true }) ?? '');
    },
    Reconnected: event => this.#reconnected(event),
    Replayed: () => this.#memos.catchUp(false),
    Lagging: ({ ms }) => this.page.line.lagging(ms),
    Delayed: event => this.page.hint(eventText(event) ?? ''),
    OutboxFull: event => {
      this.#giveBack(event.content, eventText(event) ?? '');
    },
    Queued: () => {},
    NotAway: event => this.page.hint(eventText(event) ?? ''),
    NothingToSend: () => {},
    NameRefused: event => {
      this.#reason = event;
    },
    HereAlready: event => {
      this.#reason = event;
    },
    History: ({ memos }) => {
      const first = this.page.timeline.firstSeq ?? Number.POSITIVE_INFINITY;
      this.page.timeline.prepend(memos.filter(({ seq = 0 }) => seq < first));
    },
  };

  #welcome(event: Event<'Welcome'>): void {
    const { page } = this;
    const { username, users = [], count = users.length, topic = '', verified } = event;
    this.#memos.username = username;
    this.#memos.countedTo = event.head ?? 0;
    page.isVerified = verified === true;
    page.actions.forget();
    page.enter(username);
    page.line.back();
    page.timeline.clear();
    page.reader.begin();
    page.topic(topic);
    const people = [...new Set(users)].map(name => ({ username: name }));
    page.people.begin(people, count);
    for (const name of users) if (name !== username) page.names.here(name);
    this.#input.maxMessageBytes = event.maxMessageBytes ?? Number.POSITIVE_INFINITY;
    if (event.resumed !== true) {
      const here = count <= 1 ? 'Nobody else is here yet.' : `${count} are here.`;
      page.tell(
        `${visible(event.content)}, ${visible(username)}! ${here} Type /help to see what you can do.`,
      );
    }
    if (this.code === undefined) page.tellOnce('keyless', KEYLESS);
    page.scroll.toEnd();
  }

  #reconnected(event: Event<'Reconnected'>): void {
    const { page } = this;
    this.#memos.countedTo = event.head ?? 0;
    this.#memos.catchUp(event.extended && event.isNews !== false);
    page.line.back();
    page.isVerified = event.verified === true;
    page.people.again(event.count);
    if (event.gap !== undefined && event.gap.to === undefined) {
      page.timeline.forgetNumbers();
      page.reader.begin();
    }
    const text = eventText(event, '/');
    const isSmooth = event.resumed && event.gap === undefined;
    if (!isSmooth) page.tell(text);
    else if (text !== undefined) page.announcer.notice(text);
  }

  /** It is confirmed: it has its place in order among the others. */
  #accepted({ ref, content, at, seq }: Event<'Accepted'>): void {
    const { page } = this;
    const { kind = 'message' } = page.own.settle(ref) ?? {};
    if (page.own.size === 0) page.hint('');
    page.reader.said(seq, at);
    const verified = page.isVerified && { verified: true as const };
    const place = { ...(seq !== undefined && { seq }), ...(at !== undefined && { at }) };
    if (page.reader.makeRoom())
      page.timeline.append({ username: this.#memos.username, content, kind, ...place, ...verified });
  }

  /** It is offered again, to be said in other words. */
  #refused({ content }: Event<'Refused' | 'TooLong'>, why: string): void {
    const message = content === undefined ? undefined : this.page.own.settleText(content);
    if (message === undefined) this.page.tell(why);
    else this.#giveBack(asTyped(message), why);
  }

  /** Into the field; where something else is typed there, among the messages, so that nothing of it is lost. */
  #giveBack(text: string, why: string): void {
    if (this.page.composer.offer(text)) this.page.hint(why);
    else this.page.tell([why, ...text.split('\n').map(visible)].join('\n'));
  }

  #answer(line: ViewLine): void {
    const { page } = this;
    switch (line.type) {
      case 'help':
        page.scroll.toBeginOf(page.note(pageHelp(line.topic)));
        break;
      case 'choice':
        page.tell(page.choose(line.name, line.choice));
        this.#memos.presence.mode = page.choices.presence;
        break;
      case 'clear':
        page.timeline.clear();
        break;
      case 'deleteHit':
      case 'around':
      case 'expand':
        page.hint('That is done here with the menu of a message, or in the search.');
        break;
      case 'wrong':
      case 'garbled':
      case 'unknown':
        page.tell(wordsFor(line));
    }
  }
}

/** Where a browser is spoken of otherwise than a terminal. */
function wordsOf(event: ClientEvent): string | undefined {
  if (event.type === 'Leaving') return `You will leave when what you said is sent (${event.unsent}).`;
  if (event.type === 'Unanswered' && event.why === 'NOT_VERIFIED')
    return 'Your name is not proven here: your browser has no key, the server asks for none, or your key has enough names.';
  return eventText(event, '/');
}
