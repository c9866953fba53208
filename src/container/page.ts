import { BrowserKey } from '../adapters/browser/browser-key.js';
import { linksTo } from '../adapters/browser/dial-web-socket.js';
import { KeptChoices } from '../adapters/browser/kept-choices.js';
import { listen } from '../adapters/browser/page-buttons.js';
import { endingOf, tellEnd } from '../adapters/browser/page-end.js';
import { PageView } from '../adapters/browser/page-view.js';
import { RoomPage } from '../adapters/browser/room-page.js';
import { roomOf, shelfOf } from '../adapters/browser/shelf.js';
import { tabLock } from '../adapters/browser/tab-lock.js';
import { TabSessions } from '../adapters/browser/tab-sessions.js';
import { Conversation } from '../application/client/conversation.js';
import { keyCode } from '../application/key-code.js';

// Everything that the page is made of; scripts/page.ts makes one file of it.

/** How many earlier messages somebody sees who comes in. */
const HISTORY = 50;

const room = roomOf(location.href);
const [tabShelf, browserShelf] = [shelfOf(() => sessionStorage, room), shelfOf(() => localStorage, room)];
const [tab, browser] = [new KeptChoices(tabShelf), new KeptChoices(browserShelf)];
const sessions = new TabSessions(tabShelf, browserShelf, tabLock(navigator.locks, room));
const newLink = linksTo(location);
const page = new RoomPage(location.host + room.replace(/\/$/, ''), browser, name => tab.keep('here', name));
listen(page);
let conversation: Conversation | undefined;

/** One conversation after the other. @param username of the first; asked for when there is none */
async function converse(username: string | undefined): Promise<void> {
  const signer = await BrowserKey.open();
  const code = signer && keyCode(signer.fingerprint);
  let name = username;
  for (;;) {
    if (name !== undefined) page.enter(name);
    const view = new PageView(page, code, Number(browser.get('read') ?? Number.POSITIVE_INFINITY));
    conversation = new Conversation(newLink, view, {
      history: HISTORY,
      sessions,
      patience: 'unless taken',
      contactForMs: Number.POSITIVE_INFINITY,
      ...(signer && { signer }),
    });
    const outcome = await conversation.execute(name);
    const ending = endingOf(outcome);
    const goesOn = ending !== undefined && (await tellEnd(ending, tab.get('here') !== undefined)) === 'again';
    if (!goesOn) tab.keep('here', undefined);
    name = tab.get('here');
  }
}

/** What the next page goes on with. */
function keep(): void {
  tab.keep('draft', page.composer.draft || undefined);
  const { saidAt } = page.reader;
  if (saidAt > 0) browser.keep('read', String(saidAt));
}

addEventListener('pagehide', keep);
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'hidden') keep();
  else conversation?.wake();
});
addEventListener('pageshow', ({ persisted }) => persisted && conversation?.wake());
addEventListener('online', () => conversation?.wake());

page.door.name = browser.get('name') ?? '';
page.composer.draft = tab.get('draft') ?? '';
void converse(tab.get('here'));
