import { element } from './dom.js';

/** What the form is made of. */
export interface JoinFormParts {
  readonly door: HTMLElement;
  readonly form: HTMLFormElement;
  readonly name: HTMLInputElement;
  readonly problem: HTMLElement;
  readonly code: HTMLElement;
  readonly join: HTMLButtonElement;
  readonly other: HTMLButtonElement;
}

/** A second way to answer: what its button says, and what it stands for. */
interface OtherAnswer {
  readonly label: string;
  readonly value: string;
}

/** Where somebody says who they are, before they come in. */
export class JoinForm {
  #answer: ((answer: string | undefined) => void) | undefined;
  /** A name that was given before anybody asked. */
  #early: string | undefined;
  #other: OtherAnswer | undefined;
  /** What the first button stands for, where it is not the name. */
  #first: OtherAnswer | undefined;

  constructor(private readonly parts: JoinFormParts) {
    parts.form.addEventListener('submit', event => {
      event.preventDefault();
      const name = parts.name.value.trim();
      if (this.#first !== undefined) this.#give(this.#first.value);
      else if (name === '') this.#askAgain();
      else this.#give(name);
    });
    parts.other.addEventListener('click', () => this.#give(this.#other?.value));
    parts.name.addEventListener('input', () => this.#complain(''));
    parts.name.focus();
  }

  set name(name: string) {
    this.parts.name.value = name;
  }

  /** Resolves to the name; to what the second button stands for, where there is one. */
  ask(problem: string, other?: OtherAnswer, first?: OtherAnswer): Promise<string | undefined> {
    const { door, name, join, form } = this.parts;
    door.hidden = false;
    form.classList.remove('busy');
    join.disabled = false;
    join.textContent = first?.label ?? 'Join';
    name.disabled = first !== undefined;
    this.#first = first;
    this.#offer(other);
    this.#complain(problem);
    if (first === undefined) name.focus();
    else join.focus();
    if (problem !== '') name.select();
    return new Promise(resolve => {
      this.#answer = resolve;
      if (this.#early !== undefined) this.#give(this.#early);
      this.#early = undefined;
    });
  }

  /** What goes on after an answer. */
  tell(text: string): void {
    this.parts.problem.classList.remove('wrong');
    this.parts.problem.textContent = text;
  }

  /** The short name of this browser's key, for whoever has the name to let it in. */
  showCode(code: string | undefined): void {
    const { code: box } = this.parts;
    box.hidden = code === undefined;
    if (code === undefined) return;
    const command = `/key add ${code}`;
    box.replaceChildren(
      element('p', {}, 'Is it yours? Where you are in already, type'),
      element('p', {}, element('code', {}, command)),
      element('p', {}, 'within ten minutes; then leave there, and join here.'),
    );
  }

  close(): void {
    this.parts.door.hidden = true;
    this.parts.code.hidden = true;
  }

  #give(answer: string | undefined): void {
    const { form, join } = this.parts;
    const resolve = this.#answer;
    if (resolve === undefined) {
      this.#early = answer;
      return;
    }
    this.#answer = undefined;
    this.#offer(undefined);
    form.classList.add('busy');
    join.disabled = true;
    this.tell('');
    resolve(answer);
  }

  #askAgain(): void {
    this.#complain('Say who you are: any name that nobody else has.');
    this.parts.name.focus();
  }

  #offer(other: OtherAnswer | undefined): void {
    const { other: button } = this.parts;
    this.#other = other;
    button.hidden = other === undefined;
    button.textContent = other?.label ?? '';
  }

  #complain(text: string): void {
    const { problem, name } = this.parts;
    problem.textContent = text;
    problem.classList.toggle('wrong', text !== '');
    name.setAttribute('aria-invalid', String(text !== ''));
    if (text === '') this.parts.code.hidden = true;
  }
}
