import type { ChatRequest } from '../../application/chat-request.js';
import type { UserCommand } from '../../application/client/user-command.js';
import { Attention } from '../view/attention.js';
import { readTyped } from '../view/slash-commands.js';
import { TabCompletion } from '../view/tab-completion.js';
import type { ChoiceName } from '../view/typed-line.js';
import { Choices } from '../view/view-choices.js';
import { ActionMenu } from './action-menu.js';
import { Announcer } from './announcer.js';
import { Composer } from './composer.js';
import { byId } from './dom.js';
import { HistoryReader } from './history-reader.js';
import { JoinForm } from './join-form.js';
import type { KeptChoices } from './kept-choices.js';
import { LineState } from './line-state.js';
import { LogKeys } from './log-keys.js';
import { LogScroll } from './log-scroll.js';
import { MessageRows } from './message-row.js';
import { Notifier } from './notifier.js';
import { OwnList } from './own-list.js';
import { PageActions } from './page-actions.js';
import { PAGE_COMMAND_NAMES } from './page-help.js';
import type { PageInput } from './page-input.js';
import { PeoplePanel } from './people-panel.js';
import { SearchPanel } from './search-panel.js';
import { SidePanel } from './side-panel.js';
import { Timeline } from './timeline.js';

/** The parts of the page, and what they have to do with each other; the same for one conversation after the other. */
export class RoomPage {
  readonly choices: Choices;
  readonly rows = new MessageRows();
  readonly timeline = new Timeline(byId('entries'), this.rows);
  readonly own = new OwnList(byId('own'), this.rows);
  readonly line = new LineState({
    ...{ line: byId('line'), text: byId('line-text') },
    ...{ now: byId('line-now', HTMLButtonElement), home: byId('log') },
  });
  readonly door = new JoinForm({
    ...{
      door: byId('door'),
      form: byId('door-form', HTMLFormElement),
      name: byId('door-name', HTMLInputElement),
    },
    ...{ problem: byId('door-problem'), code: byId('door-code') },
    ...{ join: byId('door-join', HTMLButtonElement), other: byId('door-other', HTMLButtonElement) },
  });
  readonly people = new PeoplePanel({
    ...{ list: byId('people-list'), more: byId('people-more'), count: byId('count'), rows: this.rows },
    ask: request => this.ask(request),
    here: username => this.names.here(username),
  });
  readonly announcer = new Announcer(text => {
    byId('announcer').textContent = text;
  });
  readonly names = new TabCompletion(PAGE_COMMAND_NAMES);
  readonly scroll: LogScroll;
  readonly reader: HistoryReader;
  readonly composer: Composer;
  readonly search: SearchPanel;
  readonly side: SidePanel;
  readonly notifier: Notifier;
  readonly actions: PageActions;
  readonly attention: Attention;
  /** Of the conversation that goes on. */
  input: PageInput | undefined;
  isVerified = false;
  /** Messages that came below what is in sight. */
  #below = 0;

  constructor(
    readonly place: string,
    private readonly kept: KeptChoices,
    private readonly onEntered: (username: string) => void,
  ) {
    this.choices = new Choices(kept.view, kept.onChoice);
    this.rows.hides = username => this.choices.isIgnored(username);
    this.rows.words = this.choices.words;
    const ask = (request: ChatRequest) => this.ask(request);
    this.scroll = new LogScroll(byId('log'), {
      nearTop: () => void this.reader.loadOlder(),
      nearEnd: () => void this.reader.loadNewer(),
      moved: () => this.showBelow(0),
    });
    this.reader = new HistoryReader({
      ...{ timeline: this.timeline, scroll: () => this.scroll, ask },
      ...{ entries: byId('entries'), older: byId('older'), newer: byId('newer') },
    });
    this.composer = new Composer(
      {
        ...{ form: byId('composer', HTMLFormElement), text: byId('text', HTMLTextAreaElement) },
        ...{ hint: byId('hint'), suggestions: byId('suggestions') },
      },
      {
        refusal: text => this.input?.refusal(text),
        submit: text => this.submit(text),
        complete: before => this.names.complete(before),
      },
    );
    this.search = new SearchPanel({
      ...{ form: byId('search-form', HTMLFormElement), text: byId('search-text', HTMLInputElement) },
      ...{
        state: byId('search-state'),
        hits: byId('search-hits'),
        more: byId('search-more', HTMLButtonElement),
      },
      ...{ rows: this.rows, ask, open: seq => void this.#open(seq) },
    });
    this.side = new SidePanel(side => side === 'people' && void this.people.refresh());
    const bell = kept.bell;
    this.notifier = new Notifier(
      byId('bell'),
      bell,
      one => kept.keep('bell', one),
      text => this.hint(text),
    );
    const menu = new ActionMenu(byId('menu'));
    this.actions = new PageActions({
      ...{ menu, ask, begin: text => this.composer.begin(text), submit: text => this.submit(text) },
      order: request => this.input?.add({ type: 'request', request }),
      isOwn: username => this.rows.isOwn(username),
      isIgnored: username => this.choices.isIgnored(username),
      isVerified: () => this.isVerified,
      draft: () => this.composer.draft,
    });
    new LogKeys(byId('log'), this.timeline, this.actions, () => this.reader.toEnd());
    this.attention = new Attention(Date.now, (messages, mentions) => this.#title(messages, mentions));
    this.#title(0, 0);
    byId('door-place').textContent = place;
  }

  /** From now on somebody is in the room. */
  enter(username: string): void {
    this.rows.username = username;
    this.own.username = username;
    this.choices.username = username;
    this.kept.keep('name', username);
    this.onEntered(username);
    this.door.close();
    byId('room').hidden = false;
    byId('place').textContent = this.place;
    this.side.begin();
    this.composer.focus();
  }

  leave(): void {
    byId('room').hidden = true;
    this.line.close();
  }

  /** What is typed: most of it goes to the conversation, what has a place of its own on the page is shown there. */
  submit(text: string): void {
    const line = readTyped(text, 'slash');
    if (line.type === 'request' && line.request.type === 'search') {
      this.side.open('search');
      void this.search.search(text.trim().replace(/^\/\S+\s*/, ''));
    } else if (line.type === 'request' && line.request.type === 'who') this.side.open('people');
    else {
      if (line.type === 'send') void this.reader.toEnd();
      this.input?.submit(text);
    }
  }

  async ask(request: ChatRequest): ReturnType<PageInput['ask']> {
    return this.input?.ask(request);
  }

  /** As if it had been typed. */
  order(command: UserCommand): void {
    this.input?.add(command);
  }

  hint(text: string): void {
    this.composer.hint(text);
  }

  /** What chatty itself has to say, among the messages; nothing while somebody reads far up. */
  note(content: string | Node, at?: number): HTMLElement | undefined {
    return this.reader.makeRoom() ? this.timeline.note(content, at) : undefined;
  }

  /** The same, for those who hear it as well. */
  tell(text: string | undefined): void {
    if (text === undefined || text === '') return;
    this.announcer.notice(text);
    this.note(text);
    this.scroll.follow();
  }

  /** What nobody wants to read twice. */
  tellOnce(name: string, text: string): void {
    const about = `told ${name}`;
    if (this.kept.get(about) === undefined) this.tell(text);
    this.kept.keep(about, 'yes');
  }

  /** Something is chosen as it was typed; answers with the words for it. */
  choose(name: ChoiceName, choice: string): string {
    if (name === 'bell') return this.notifier.ringer.choose(choice);
    const words = this.choices.choose(name, choice);
    this.rows.words = this.choices.words;
    this.timeline.hideAnew();
    return words;
  }

  topic(topic: string): void {
    const line = byId('topic');
    line.textContent = topic;
    line.title = topic;
    line.hidden = topic === '';
  }

  /** Something has come that is not in sight. @param more how many; 0 when all is in sight again */
  showBelow(more: number): void {
    this.#below = more === 0 ? 0 : this.#below + more;
    const button = byId('latest');
    const isUp = !this.scroll.isAtEnd || !this.reader.isLive;
    button.hidden = !isUp;
    const many = this.#below === 1 ? '1 new message' : `${this.#below} new messages`;
    button.textContent = this.#below === 0 ? 'To the newest ↓' : `${many} ↓`;
  }

  async #open(seq: number): Promise<void> {
    this.side.yield();
    const isThere = await this.reader.jumpTo(seq);
    if (!isThere) this.hint('That message is not in the history any more.');
    this.showBelow(0);
  }

  /** Where somebody looks elsewhere, the title of the window says what they miss. */
  #title(messages: number, mentions: number): void {
    const count = messages === 0 ? '' : mentions > 0 ? `(${messages}!) ` : `(${messages}) `;
    document.title = `${count}${this.place} - chatty`;
  }
}
