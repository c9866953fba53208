import type { Readable, Writable } from 'node:stream';
import type { ChatMemo } from '../../application/chat-response.js';
import type { ClientEvent } from '../../application/client/client-event.js';
import type { ChatView } from '../../application/client/ports.js';
import type { Bell } from '../../application/client/preferences.js';
import type { UserCommand } from '../../application/client/user-command.js';
import { eventText } from './event-text.js';
import type { Tier } from './line-editor/color.js';
import { LinePrompt, type LinePromptOptions } from './line-editor/line-prompt.js';
import type { Line } from './line-editor/spans.js';
import { LineQueue } from './line-queue.js';
import { OwnMessages } from './own-messages.js';
import { Presence } from './presence.js';
import { type Notify, Ringer } from './ringer.js';
import {
  commandsIn,
  readTyped,
  SLASH_COMMAND_NAMES,
  type TypedLine,
  type ViewLine,
} from './slash-commands.js';
import { Status } from './status.js';
import { TabCompletion } from './tab-completion.js';
import { ago } from './time.js';
import { plain, rule, Transcript } from './transcript.js';
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

/** A line, and what it means. */
interface Typed {
  readonly text: string;
  readonly line: TypedLine;
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
  readonly #typed = new LineQueue<Typed>();
  /** What was read last to see whether it may be sent. */
  #read: Typed = { text: '', line: readTyped('') };
  #username = '';
  #maxMessageBytes = Number.POSITIVE_INFINITY;
  #isCatchingUp = false;
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
        submitted: text => this.#take(this.#readOnce(text)),
        refuses: text => this.#refusal(this.#readOnce(text)),
        interrupted: () => this.close(),
        ended: () => this.#typed.end(),
        // It may be found broken while the prompt is being made.
        broken: () => queueMicrotask(() => this.close()),
      },
      { ...options, tier: settings.tier, complete: before => this.#names.complete(before) },
    );
    this.#prompt.setPrompt([{ text: PROMPT, style: { bold: true } }]);
    this.#status = new Status(status => this.#prompt.setStatus(status));
    this.#presence = new Presence(change => this.#print(this.#transcript.presence(change)));
    this.#ringer = new Ringer(settings.bell, settings.notify, {
      ring: () => this.#prompt.ring(),
      notify: (form, { username, content }) => this.#prompt.notify({ form, title: username, text: content }),
      onBell: settings.onBell,
    });
  }

  async ask(question: string): Promise<string | undefined> {
    const typed = this.#typed.take();
    if (typed !== undefined) return typed.text;
    if (this.#typed.isEnded) return undefined;
    this.#prompt.setStatus(undefined);
    const answer = await this.#prompt.ask([{ text: question, style: { bold: true } }]);
    this.#status.update();
    return answer;
  }

  commands(): AsyncIterable<UserCommand> {
    return commandsIn(
      this.#typed.rest(),
      ({ line }) => line,
      line => this.#answer(line),
    );
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
    const unsent = this.#own.takeAll();
    const more = unsent.length - MAX_UNSENT_SHOWN;
    this.#prompt.setAbove([]);
    for (const { content } of unsent.slice(0, MAX_UNSENT_SHOWN)) this.#print(plain(`Not sent: ${content}`));
    if (more > 0) this.#print(plain(`Not sent: ${more} more`));
    this.#prompt.close();
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
        this.#maxMessageBytes = event.maxMessageBytes ?? this.#maxMessageBytes;
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
      case 'Memo':
        if (event.kind === 'joined' || event.kind === 'left') return [];
        return this.#transcript.message(event);
      case 'Pending':
        this.#showOwn();
        return [];
      case 'Accepted':
        return this.#accepted(event);
      case 'Refused':
      case 'TooLong':
        return this.#refused(event);
      case 'Earlier':
        return this.#transcript.earlier(event.memos, `earlier, last ${ago(event.agoMs)}`);
      case 'History':
        if (event.memos.length === 0) return wordsOf(event);
        return this.#transcript.answer(event.memos, 'history', 'older: /more');
      case 'Found':
        if (event.memos.length === 0) return wordsOf(event);
        return this.#transcript.answer(event.memos, 'found, newest first', foundEnd(event));
      case 'Replayed':
        if (event.missed === 0) return [];
        return [rule(`${event.missed} new ${event.missed === 1 ? 'line' : 'lines'} while you were away`)];
      case 'Delayed':
        return []; // the status counts down
      default:
        return wordsOf(event);
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
    return wordsOf(event);
  }

  #showOwn(): void {
    const rows = this.#own.rows(this.#username);
    this.#prompt.setAbove(rows);
    if (rows.length === 0) this.#status.delayed(0);
    // Those that are seen need no number, unless it is not clear when they go.
    this.#status.unsent(this.#status.isConnected && this.#own.size <= rows.length ? 0 : this.#own.size);
  }

  /** The prompt asks about a text before it gives it out, and as often as it is edited. */
  #readOnce(text: string): Typed {
    if (this.#read.text !== text) this.#read = { text, line: readTyped(text) };
    return this.#read;
  }

  #refusal({ line }: Typed): string | undefined {
    if (line.type !== 'send') return undefined;
    const over = Buffer.byteLength(line.message.content) - this.#maxMessageBytes;
    return over > 0 ? `Too long by ${over} bytes: shorten it` : undefined;
  }

  /** The bell changes at once, whatever the conversation waits for. */
  #take(typed: Typed): void {
    if (typed.line.type === 'bell') this.#answer(typed.line);
    else this.#typed.add(typed);
  }

  #answer(line: ViewLine): void {
    if (line.type === 'bell') this.#print(plain(this.#ringer.choose(line.choice)));
    else if (line.type !== 'nothing') this.#print(plain(replyToTyped(line, true)));
  }
}

function wordsOf(event: ClientEvent): Line[] {
  const text = eventText(event, '/');
  return text === undefined ? [] : plain(text);
}

function foundEnd({ memos, more }: Extract<ClientEvent, { type: 'Found' }>): string {
  const count = memos.length === 1 ? '1 message' : `${memos.length} messages`;
  return more ? `the newest ${memos.length}; there may be more` : `${count} found`;
}

/** The line that says this message. */
function asTyped({ content, kind }: { content: string; kind?: 'action' }): string {
  if (kind === 'action') return `/me ${content}`;
  return content.startsWith('/') ? `/${content}` : content;
}
