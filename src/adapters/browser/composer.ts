import { element } from './dom.js';

/** Most completions that are offered. */
const MOST_OFFERED = 8;
/** A word that is being typed for which there may be completions: a name after an @, a command, a search for a name. */
const OFFERED = /(?:^\/\S*|(?:^|\s)@\S*|^\/\w+\s+\S*)$/u;

/** What the field is made of. */
export interface ComposerParts {
  readonly form: HTMLFormElement;
  readonly text: HTMLTextAreaElement;
  readonly hint: HTMLElement;
  readonly suggestions: HTMLElement;
}

/** What the field asks, and tells. */
export interface ComposerEvents {
  /** Why it cannot be said as it is; nothing when it can. */
  refusal(text: string): string | undefined;
  submit(text: string): void;
  /** What the word at the end of a text could become. */
  complete(before: string): string[];
}

/** The field in which somebody writes. Enter says it, but where fingers type: there it is a new line, and a button says it. */
export class Composer {
  readonly #isTouched = matchMedia('(pointer: coarse) and (hover: none)');
  readonly #grows = !CSS.supports('field-sizing', 'content');
  #offered: string[] = [];
  #chosen = -1;

  constructor(
    private readonly parts: ComposerParts,
    private readonly events: ComposerEvents,
  ) {
    const { form, text } = parts;
    text.addEventListener('keydown', event => this.#onKey(event));
    text.addEventListener('input', () => this.#onInput());
    text.addEventListener('blur', () => this.#offer([]));
    form.addEventListener('submit', event => {
      event.preventDefault();
      this.#submit();
      text.focus();
    });
    parts.suggestions.addEventListener('pointerdown', event => {
      event.preventDefault(); // the field keeps the focus
      const option = event.target instanceof Element ? event.target.closest('[role=option]') : null;
      if (option !== null) this.#take([...parts.suggestions.children].indexOf(option));
    });
  }

  get draft(): string {
    return this.parts.text.value;
  }

  set draft(text: string) {
    this.parts.text.value = text;
    this.#onInput();
  }

  focus(): void {
    if (!this.#isTouched.matches) this.parts.text.focus();
  }

  /** Begins a text, which the person goes on with. */
  begin(text: string): void {
    this.draft = text;
    this.parts.text.focus();
  }

  /** Gives a text back that was not taken, unless another one has been begun. @returns whether it is there now */
  offer(text: string): boolean {
    if (this.draft.trim() !== '') return false;
    this.draft = text;
    return true;
  }

  /** One line below what is written; empty for none. */
  hint(text: string): void {
    if (this.parts.hint.textContent !== text) this.parts.hint.textContent = text;
  }

  #onInput(): void {
    const { text } = this.parts;
    this.hint('');
    if (this.#grows) {
      text.style.height = 'auto';
      text.style.height = `${text.scrollHeight}px`;
    }
    const before = text.value.slice(0, text.selectionEnd);
    this.#offer(OFFERED.test(before) ? this.events.complete(before) : []);
  }

  #onKey(event: KeyboardEvent): void {
    if (event.isComposing || event.altKey || event.metaKey) return;
    const isOffering = this.#offered.length > 0;
    switch (event.key) {
      case 'Enter':
        if (event.shiftKey || (this.#isTouched.matches && !event.ctrlKey)) return;
        event.preventDefault();
        if (this.#chosen >= 0) this.#take(this.#chosen);
        else this.#submit();
        break;
      case 'Tab':
        if (event.shiftKey || !this.#complete()) return;
        event.preventDefault();
        break;
      case 'ArrowDown':
      case 'ArrowUp':
        if (!isOffering) return;
        event.preventDefault();
        this.#choose(this.#chosen + (event.key === 'ArrowDown' ? 1 : -1));
        break;
      case 'Escape':
        if (!isOffering) return;
        event.stopPropagation();
        this.#offer([]);
    }
  }

  #submit(): void {
    const { value } = this.parts.text;
    if (value.trim() === '') return;
    const refusal = this.events.refusal(value);
    if (refusal === undefined) {
      this.draft = '';
      this.events.submit(value);
    } else this.hint(refusal);
  }

  /** Whether there was something to complete; else the key goes on to the next field. */
  #complete(): boolean {
    if (this.#offered.length > 0) {
      this.#take(Math.max(0, this.#chosen));
      return true;
    }
    const { text } = this.parts;
    const before = text.value.slice(0, text.selectionEnd);
    if (!/\S$/.test(before) || text.selectionEnd !== text.selectionStart) return false;
    const [only, ...others] = this.events.complete(before);
    if (only === undefined) return false;
    if (others.length === 0) this.#replace(only);
    else this.#offer([only, ...others]);
    return true;
  }

  #offer(completions: readonly string[]): void {
    const { suggestions, text } = this.parts;
    this.#offered = completions.slice(0, MOST_OFFERED);
    suggestions.hidden = this.#offered.length === 0;
    suggestions.replaceChildren(
      ...this.#offered.map((one, index) => {
        const id = `suggestion-${index}`;
        return element('div', { id, role: 'option', 'aria-selected': 'false', dir: 'auto' }, one.trim());
      }),
    );
    this.#chosen = -1;
    text.removeAttribute('aria-activedescendant');
  }

  #choose(index: number): void {
    const { suggestions, text } = this.parts;
    this.#chosen = (index + this.#offered.length) % this.#offered.length;
    for (const [at, option] of [...suggestions.children].entries())
      option.setAttribute('aria-selected', String(at === this.#chosen));
    text.setAttribute('aria-activedescendant', `suggestion-${this.#chosen}`);
  }

  #take(index: number): void {
    const completion = this.#offered[index];
    if (completion !== undefined) this.#replace(completion);
  }

  /** In place of the word before the cursor. */
  #replace(completion: string): void {
    const { text } = this.parts;
    const before = text.value.slice(0, text.selectionEnd).replace(/\S*$/, '');
    const after = text.value.slice(text.selectionEnd);
    text.value = before + completion + after;
    text.setSelectionRange(before.length + completion.length, before.length + completion.length);
    this.#onInput();
    this.#offer([]);
  }
}
