import type { ChatRequest } from '../../application/chat-request.js';
import type { ClientEvent } from '../../application/client/client-event.js';
import { usernameKey } from '../../domain/name-key.js';
import { visible } from '../view/visible.js';
import { element, keepFocusIn, showOnly } from './dom.js';
import type { MessageRows } from './message-row.js';

/** How old what is known may be when somebody looks, in milliseconds. */
const FRESH_MS = 15_000;

/** Most people that are listed: nobody reads more. */
const MOST_LISTED = 500;

/** Somebody in the room, as far as it is known. */
interface Person {
  readonly username: string;
  readonly verified?: true;
  readonly isAway?: boolean;
}

/** What the panel is made of. */
export interface PeopleParts {
  readonly list: HTMLElement;
  readonly more: HTMLElement;
  readonly count: HTMLElement;
  readonly rows: MessageRows;
  ask(request: ChatRequest): Promise<ClientEvent | undefined>;
  /** Somebody is here who may be addressed. */
  here(username: string): void;
}

/** Who is here. */
export class PeoplePanel {
  readonly #people = new Map<string, Person>();
  #count = 0;
  #isPlanned = false;
  #askedAt = Number.NEGATIVE_INFINITY;
  /** What is drawn, by what it shows. */
  #items = new Map<string, HTMLElement>();

  constructor(private readonly parts: PeopleParts) {}

  /** Asks who is here, if that was not asked just now. */
  async refresh(): Promise<void> {
    if (performance.now() - this.#askedAt < FRESH_MS) return;
    this.#askedAt = performance.now();
    const answer = await this.parts.ask({ type: 'who' });
    if (answer?.type === 'Users') this.#fill(answer);
    else this.#askedAt = Number.NEGATIVE_INFINITY;
  }

  /** What is known after coming in: some of them, and how many there are. The others are asked for. */
  begin(people: readonly Person[], count: number): void {
    this.#set(people);
    this.again(Math.max(count, this.#people.size));
  }

  /** Back again: they are asked for anew, and until then are who they were. */
  again(count: number = this.#count): void {
    this.#count = count;
    this.#askedAt = Number.NEGATIVE_INFINITY;
    void this.refresh();
  }

  #set(people: readonly Person[]): void {
    this.#people.clear();
    for (const person of people) this.#people.set(usernameKey(person.username), person);
    this.#plan();
  }

  /** @param isCounted whether the number that is known has them in it already */
  joined(person: Person, isCounted: boolean): void {
    if (this.#people.size < MOST_LISTED * 2) this.#people.set(usernameKey(person.username), person);
    if (!isCounted) this.#count++;
    this.#plan();
  }

  left(username: string, isCounted: boolean): void {
    this.#people.delete(usernameKey(username));
    if (!isCounted) this.#count = Math.max(1, this.#count - 1);
    this.#plan();
  }

  #fill({ users, away, verified }: Extract<ClientEvent, { type: 'Users' }>): void {
    const [lost, proven] = [new Set(away), new Set(verified)];
    const people = users.map(username => ({
      username,
      ...(proven.has(username) && { verified: true as const }),
      isAway: lost.has(username),
    }));
    // How many they are is counted: the answer may be ahead of who comes and goes.
    this.#set(people);
    for (const username of users) if (!this.parts.rows.isOwn(username)) this.parts.here(username);
  }

  #plan(): void {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    setTimeout(() => {
      this.#isPlanned = false;
      this.#draw();
    }, 0);
  }

  #draw(): void {
    const { list, more, count, rows } = this.parts;
    count.textContent = String(this.#count);
    const people = [...this.#people.values()].sort(
      (one, other) =>
        Number(rows.isOwn(other.username)) - Number(rows.isOwn(one.username)) ||
        one.username.localeCompare(other.username),
    );
    const shown = people.slice(0, MOST_LISTED);
    this.#items = new Map(shown.map(person => this.#drawn(person)));
    keepFocusIn(list, () => showOnly(list, [...this.#items.values()]));
    // Those who were named in an answer are here, whatever was counted.
    const others = Math.max(this.#count, this.#people.size) - shown.length;
    more.textContent = others > 0 ? `and ${others} more` : '';
  }

  /** The same item as before, as long as it shows the same: it may have the focus, or a menu. */
  #drawn(person: Person): [shows: string, item: HTMLElement] {
    const { rows } = this.parts;
    const { username, verified, isAway } = person;
    const shows = JSON.stringify([username, verified, isAway, rows.colorOf(username)]);
    return [shows, this.#items.get(shows) ?? this.#item(person)];
  }

  #item(person: Person): HTMLElement {
    const { rows } = this.parts;
    const { username, isAway } = person;
    const name = rows.name(person);
    for (const button of [name, ...name.querySelectorAll('button')])
      if (button instanceof HTMLButtonElement) button.removeAttribute('tabindex');
    const is = rows.isOwn(username) ? 'you' : isAway ? 'connection lost' : undefined;
    return element(
      'li',
      { class: isAway ? 'away' : undefined, 'data-name': visible(username) },
      rows.face(username),
      name,
      is && element('span', { class: 'is' }, is),
    );
  }
}
