import type { Readable, Writable } from 'node:stream';
import type { ChatMemo } from '../../application/chat-response.js';
import type { ClientEvent } from '../../application/client/client-event.js';
import type { ChatView } from '../../application/client/ports.js';
import type { Bell } from '../../application/client/preferences.js';
import type { UserCommand } from '../../application/client/user-command.js';
import { eventLines } from './event-lines.js';
import type { Tier } from './line-editor/color.js';
import { LinePrompt, type LinePromptOptions } from './line-editor/line-prompt.js';
import type { Line } from './line-editor/spans.js';
import { asTyped, OwnMessages, rowsOf } from './own-messages.js';
import { Presence } from './presence.js';
import { type Notify, Ringer } from './ringer.js';
import { SLASH_COMMAND_NAMES, type ViewLine } from './slash-commands.js';
import { Status } from './status.js';
import { TabCompletion } from './tab-completion.js';
import { plain, Transcript } from './transcript.js';
import { TypedInput } from './typed-input.js';
import { replyToTyped } from './view-replies.js';

const PROMPT = '> ';

/** Most unsent messages that are written out at the end. */
const MAX_UNSENT_SHOWN = 20;

export interface TerminalSettings {
  readonly tier: Tier;
  readonly bell: Bell;
  readonly notify: Notify;
  /** Told when the person has chosen another bell. */
  readonly onBell?: (bell: Bell) => void;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/**
 * A person at a terminal: a prompt that nothing overwrites, with what comes in above it, own messages between the two
 * until they are confirmed, and the state of the connection below.
 */
export class TerminalView implements ChatView {
  readonly isInteractive = true;
  readonly #prompt: LinePrompt;
  readonly #transcript: Transcript;
  readonly #presence: Presence;
  readonly #ringer: Ringer;
  readonly #status: Status;
  readonly #own = new OwnMessages();
  readonly #names = new TabCompletion(SLASH_COMMAND_NAMES);
  readonly #now: () => number;
  readonly #interrupted = Promise.withResolvers<void>();
  readonly interrupted: Promise<void> = this.#interrupted.promise;
  readonly #typed = new TypedInput(line => this.#answer(line));
  #username = '';
  #isCatchingUp = false;
  #isLeaving = false;
  #isRefused = false;
  #isClosed = false;

  constructor(
    input: Readable,
    output: Writable,
    settings: TerminalSettings,
    options: Partial<LinePromptOptions> = {},
  ) {
    this.#now = settings.now ?? Date.now;
    this.#transcript = new Transcript(settings.tier, this.#now);
    this.#prompt = new LinePrompt(
      input,
      output,
      {
        submitted: text => this.#submit(text),
        refuses: text => this.#typed.refusal(text),
        interrupted: isAgain => this.#interrupt(isAgain),
        ended: () => this.#typed.end(),
        // It may be found broken while the prompt is being made.
        broken: () => queueMicrotask(() => this.close()),
      },
      { ...options, tier: settings.tier, complete: before => this.#names.complete(before) },
    );
    this.#prompt.setPrompt([{ text: PROMPT, style: { bold: true } }]);
    this.#status = new Status(status => this.#prompt.setStatus(status));
    this.#status.update();
    this.#presence = new Presence(change => this.#print(this.#transcript.presence(change)));
    this.#ringer = new Ringer(settings.bell, settings.notify, {
      ring: () => this.#prompt.ring(),
      notify: (form, { username, content }) => this.#prompt.notify({ form, title: username, text: content }),
      onBell: settings.onBell,
    });
  }

  async ask(question: string): Promise<string | undefined> {
    // What was typed after a name was given was meant to be said, not to be one.
    const typed = this.#isRefused ? undefined : this.#typed.takeText();
    if (typed !== undefined) return typed;
    if (this.#typed.isEnded) return undefined;
    this.#prompt.setStatus(undefined);
    const answer = await this.#prompt.ask([{ text: question, style: { bold: true } }]);
    this.#status.update();
    return answer;
  }

  commands(): AsyncIterable<UserCommand> {
    return this.#typed.commands();
  }

  show(event: ClientEvent): Promise<void> | undefined {
    if (this.#isClosed) return undefined;
    const isPresence = event.type === 'Memo' && (event.kind === 'joined' || event.kind === 'left');
    // Joins and leaves that are held back came before it.
    if (!isPresence && event.type !== 'Pending' && event.type !== 'Delayed') this.#presence.flush();
    if (event.type === 'Memo') this.#onMemo(event);
    else this.#onState(event);
    return this.#print(this.#linesOf(event));
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#interrupted.resolve();
    this.#typed.end();
    this.#presence.close();
    this.#status.close();
    // Whoever never came in has said nothing of what is waiting; of others it is still asked for.
    const unsent = [...this.#own.takeAll(), ...(this.#username === '' ? this.#typed.waiting : [])];
    const more = unsent.length - MAX_UNSENT_SHOWN;
    this.#prompt.setAbove([]);
    for (const { content } of unsent.slice(0, MAX_UNSENT_SHOWN)) this.#print(plain(`Not sent: ${content}`));
    if (more > 0) this.#print(plain(`Not sent: ${more} more`));
    this.#prompt.close();
  }

  #submit(text: string): void {
    this.#typed.submit(text);
    if (this.#username === '') this.#prompt.setAbove(rowsOf(this.#typed.waiting, ''));
  }

  /** Somebody who talks is asked once more: it may have been meant for what they had typed. */
  #interrupt(isAgain: boolean): void {
    if (isAgain || this.#username === '' || this.#isLeaving) this.close();
    else this.#prompt.say('Ctrl-C again to leave');
  }

  #print(lines: readonly Line[]): Promise<void> | undefined {
    return this.#prompt.print(lines);
  }

  #onMemo(memo: ChatMemo): void {
    const { kind, username } = memo;
    if (kind === 'joined' || kind === 'left') {
      if (kind === 'joined') this.#names.here(username);
      else this.#names.left(username);
      // The count that came with Reconnected includes them already.
      if (!this.#isCatchingUp) this.#status.moved(kind === 'joined' ? 1 : -1);
      this.#presence.add(kind, username, memo.at ?? this.#now());
      return;
    }
    if (username === this.#username) return;
    this.#names.spoke(username);
    this.#ringer.heard(memo, this.#transcript.isMention(memo));
  }

  /** What an event changes beside being shown. */
  #onState(event: Exclude<ClientEvent, { type: 'Memo' }>): void {
    switch (event.type) {
      case 'Welcome':
        this.#username = event.username;
        this.#transcript.username = event.username;
        this.#showOwn();
        this.#typed.maxMessageBytes = event.maxMessageBytes ?? Number.POSITIVE_INFINITY;
        this.#status.connected(event.count);
        for (const name of event.users ?? []) if (name !== event.username) this.#names.here(name);
        break;
      case 'Reconnected':
        this.#catchUp(event.extended);
        this.#status.connected(event.count);
        break;
      case 'Replayed':
        this.#catchUp(false);
        break;
      case 'Reconnecting':
        this.#catchUp(false);
        this.#status.away(event.inMs);
        break;
      case 'Earlier':
        for (const { username } of event.memos) if (username !== this.#username) this.#names.spoke(username);
        break;
      case 'Users':
        this.#status.count(event.users.length);
        for (const name of event.users) if (name !== this.#username) this.#names.here(name);
        break;
      case 'Delayed':
        this.#status.delayed(event.ms);
        break;
      case 'NameRefused':
        this.#isRefused = true;
        break;
      case 'Leaving':
        this.#isLeaving = true;
        break;
      case 'Pending':
        this.#own.add(event);
    }
  }

  #catchUp(isCatchingUp: boolean): void {
    this.#isCatchingUp = isCatchingUp;
    this.#ringer.catchUp(!isCatchingUp);
  }

  #linesOf(event: ClientEvent): Line[] {
    switch (event.type) {
      case 'Pending':
        this.#showOwn();
        return [];
      case 'Accepted':
        return this.#accepted(event);
      case 'Refused':
      case 'TooLong':
        return this.#refused(event);
      default:
        return eventLines(event, this.#transcript);
    }
  }

  /** It is confirmed: it is printed in order among the others. */
  #accepted({ ref, content, at }: Extract<ClientEvent, { type: 'Accepted' }>): Line[] {
    const { kind } = this.#own.settle(ref) ?? {};
    this.#showOwn();
    const more = { ...(kind && { kind }), ...(at !== undefined && { at }) };
    return this.#transcript.message({ username: this.#username, content, ...more });
  }

  /** It is offered again, to be said in other words. */
  #refused(event: Extract<ClientEvent, { type: 'Refused' | 'TooLong' }>): Line[] {
    const message = event.content === undefined ? undefined : this.#own.settleText(event.content);
    this.#showOwn();
    if (message !== undefined) this.#prompt.offer(asTyped(message));
    return eventLines(event, this.#transcript);
  }

  #showOwn(): void {
    const rows = this.#own.rows(this.#username);
    this.#prompt.setAbove(rows);
    if (rows.length === 0) this.#status.delayed(0);
    // Those that are seen need no number, unless it is not clear when they go.
    this.#status.unsent(this.#status.isConnected && this.#own.size <= rows.length ? 0 : this.#own.size);
  }

  #answer(line: ViewLine): void {
    if (line.type === 'bell') this.#print(plain(this.#ringer.choose(line.choice)));
    else if (line.type !== 'nothing') this.#print(plain(replyToTyped(line, true)));
  }
}
