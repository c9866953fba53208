import { expect } from 'chai';
import sinon from 'sinon';
import { FoundMessages } from '../../../../src/adapters/terminal/found-messages.js';
import type { Line, Span } from '../../../../src/adapters/terminal/line-editor/spans.js';
import { type DisplaySettings, RoomDisplay } from '../../../../src/adapters/terminal/room-display.js';
import { TabCompletion } from '../../../../src/adapters/view/tab-completion.js';
import { Choices } from '../../../../src/adapters/view/view-choices.js';
import type { ChatMemo } from '../../../../src/application/chat-response.js';
import type { ClientEvent } from '../../../../src/application/client/client-event.js';

const NOON = new Date(2026, 10, 22, 12, 0).getTime();

const textOf = (spans: readonly Span[]) => spans.map(({ text }) => text).join('');

/** A prompt that keeps what it is told. */
class FakePrompt {
  readonly size = { columns: 80, rows: 24 };
  readonly printed: string[] = [];
  readonly titles: string[] = [];
  readonly offered: string[] = [];
  above: string[] = [];
  status = '';
  rings = 0;

  async print(lines: readonly Line[]): Promise<void> {
    this.printed.push(...lines.map(({ spans }) => textOf(spans)));
  }
  setAbove(rows: readonly (readonly Span[])[]): void {
    this.above = rows.map(textOf);
  }
  setStatus(status: readonly Span[] | undefined): void {
    this.status = textOf(status ?? []);
  }
  setTitle(title: string): void {
    this.titles.push(title);
  }
  offer(text: string): void {
    this.offered.push(text);
  }
  ring(): void {
    this.rings++;
  }
  notify(): void {}
}

const welcome = { type: 'Welcome', username: 'carl', content: 'Welcome', count: 3, head: 5 } as const;
const message = (username: string, content: string): ClientEvent => ({
  ...{ type: 'Memo', kind: 'message', at: NOON },
  username,
  content,
});
const pending = (ref: string, content: string): ClientEvent => ({ type: 'Pending', ref, content });

describe('RoomDisplay', () => {
  let clock: sinon.SinonFakeTimers;
  let prompt: FakePrompt;
  let choices: Choices;
  let found: FoundMessages;
  let display: RoomDisplay;

  beforeEach(() => {
    clock = sinon.useFakeTimers({ now: NOON });
    prompt = new FakePrompt();
    found = new FoundMessages();
  });
  afterEach(() => {
    display.close([]);
    clock.restore();
  });

  function open(settings: Partial<DisplaySettings> = {}): void {
    choices = new Choices({});
    const parts = { choices, found, names: new TabCompletion([]) };
    display = new RoomDisplay(prompt, parts, { tier: 'none', bell: 'mentions', notify: 'off', ...settings });
  }

  const show = (...events: ClientEvent[]) => {
    for (const event of events) display.show(event);
  };
  const earlier = (...memos: ChatMemo[]): ClientEvent => ({ type: 'Earlier', memos, agoMs: 60_000 });

  it('says what was said before one came first, and then how the room is', () => {
    open();
    show(welcome);
    expect(prompt.printed).to.deep.equal([]);
    show(earlier({ username: 'david', content: 'before', at: NOON }));
    const [first = '', , ...rest] = prompt.printed;
    expect(first).to.include('david').and.include('before');
    expect(rest.join()).to.include('Welcome');
  });

  it('does not wait for that for long, nor once something is said', () => {
    open();
    show(welcome);
    clock.tick(1000);
    expect(prompt.printed.join()).to.include('Welcome');
    prompt.printed.length = 0;
    show(welcome, { type: 'NotAway' });
    expect(prompt.printed[0]).to.include('Welcome');
  });

  it('has own messages above the input until they are confirmed, and offers again what is refused', () => {
    open();
    show(welcome, pending('1', 'hi'), pending('2', 'well'));
    expect(prompt.above.slice(-2).map(row => row.trim().split(' ').at(-1))).to.deep.equal(['hi', 'well']);
    show({ type: 'Accepted', ref: '1', content: 'hi', late: false, unsent: 1, at: NOON });
    expect(prompt.printed.at(-1)).to.include('carl').and.include('hi');
    show({ type: 'Refused', reason: 'Full.', content: 'well' });
    expect(prompt.above).to.deep.equal([]);
    expect(prompt.offered).to.deep.equal(['well']);
  });

  it('says in the title what is missed by who looks elsewhere, where it is known what the room is called', () => {
    open({ place: 'home' });
    show(welcome);
    display.look(false);
    show(message('david', 'hi'), message('david', 'carl?'));
    display.look(true);
    expect(prompt.titles.slice(-4)).to.deep.equal([
      'carl @ home - chatty',
      '(1) carl @ home - chatty',
      '(2!) carl @ home - chatty',
      'carl @ home - chatty',
    ]);
    expect(prompt.rings).to.equal(1);
  });

  it('has no title where it is not', () => {
    open();
    show(welcome);
    display.look(false);
    show(message('david', 'hi'));
    expect(prompt.titles).to.deep.equal([]);
  });

  it('keeps what was found, but for whom one ignores, and says where nothing else is left', () => {
    open();
    show(welcome);
    choices.choose('ignore', 'david');
    const [ofDavid, ofAmy] = [
      { username: 'david', content: 'x', seq: 4, at: NOON },
      { username: 'amy', content: 'x', seq: 3, at: NOON },
    ];
    show({ type: 'Found', memos: [ofDavid, ofAmy], more: false });
    expect([found.seqOf(1), found.seqOf(2)]).to.deep.equal([3, undefined]);
    show({ type: 'History', memos: [ofDavid] });
    expect(prompt.printed.at(-1)).to.include('people whom you ignore');
  });

  it('writes out what is unsent when it is closed, and lets nothing go on', () => {
    open({ place: 'home' });
    show(welcome, pending('1', 'hi'));
    display.close([{ content: 'typed ahead' }]);
    expect(prompt.printed.slice(-2)).to.deep.equal(['Not sent: hi', 'Not sent: typed ahead']);
    expect(prompt.above).to.deep.equal([]);
    expect(clock.countTimers()).to.equal(0);
  });

  it('knows whether the connection is down', () => {
    open();
    show(welcome);
    const reconnecting = { type: 'Reconnecting', outage: { code: 'LOST' }, inMs: 1000, unsent: 0 } as const;
    show({ ...reconnecting, isNews: true });
    expect([display.isAway, prompt.status]).to.deep.equal([true, 'reconnecting in 1 s']);
    prompt.setStatus(undefined);
    display.showStatus();
    expect(prompt.status).to.equal('reconnecting in 1 s');
  });
});
