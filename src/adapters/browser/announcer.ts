import type { ChatMemo } from '../../application/chat-response.js';
import { nameText } from '../view/verified-name.js';
import { cut, visible } from '../view/visible.js';

/** How long messages are gathered that are told together, in milliseconds; and most that are read out one by one. */
const GATHER_MS = 1200;
const MOST_READ = 3;
/** Longest part of a message that is read out, in UTF-16 units. */
const MAX_LENGTH = 300;

/** Tells those who hear the page what has come: some messages word by word, many of them in one sentence. */
export class Announcer {
  #memos: ChatMemo[] = [];
  #count = 0;
  #mentions = 0;
  #sentences: string[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly say: (text: string) => void) {}

  message(memo: ChatMemo, isMention: boolean): void {
    this.#count++;
    if (isMention) this.#mentions++;
    this.#memos = [...this.#memos, memo].slice(-MOST_READ);
    this.#gather();
  }

  /** What chatty itself has to say. */
  notice(text: string): void {
    this.#sentences = [...this.#sentences, cut(text, MAX_LENGTH)].slice(-MOST_READ);
    this.#gather();
  }

  #gather(): void {
    this.#timer ??= setTimeout(() => this.#tell(), GATHER_MS);
  }

  #tell(): void {
    this.#timer = undefined;
    const messages = this.#count <= MOST_READ ? this.#memos.map(wordsOf) : [this.#summary()];
    this.say([...this.#sentences, ...messages].join('\n'));
    this.#memos = [];
    this.#count = 0;
    this.#mentions = 0;
    this.#sentences = [];
  }

  #summary(): string {
    const last = this.#memos.at(-1);
    const mentions = this.#mentions === 0 ? '' : `, ${this.#mentions} of them to you`;
    return `${this.#count} new messages${mentions}. The last one: ${last === undefined ? '' : wordsOf(last)}`;
  }
}

function wordsOf(memo: ChatMemo): string {
  const text = visible(cut(memo.content, MAX_LENGTH).replaceAll('\n', ' '));
  if (memo.kind === 'notice') return text;
  return memo.kind === 'action' ? `${nameText(memo)} ${text}` : `${nameText(memo)}: ${text}`;
}
