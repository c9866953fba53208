import { byId } from './dom.js';
import type { RoomPage } from './room-page.js';

/** What the buttons and the keys of the page do that belong to no part of it alone. */
export function listen(page: RoomPage): void {
  const pressed = (id: string, act: () => void) => byId(id).addEventListener('click', act);
  pressed('latest', () => void page.reader.toEnd().then(() => page.composer.focus()));
  pressed('line-now', () => page.order({ type: 'reconnect' }));
  pressed('leave', () => page.order({ type: 'leave' }));
  pressed('help', () => {
    page.side.yield();
    page.submit('/help');
  });
  byId('people-list').addEventListener('click', ({ target }) => {
    const name = target instanceof Element ? target.closest<HTMLElement>('.name') : null;
    if (name !== null) page.actions.open(name, { username: name.dataset.name ?? '' });
  });
  document.addEventListener('keydown', event => {
    if (!(event.ctrlKey || event.metaKey) || byId('room').hidden) return;
    if (event.key === 'k') page.side.open('search');
    else if (event.key === '/') byId('text').focus();
    else return;
    event.preventDefault();
  });
  // Where the keyboard of a phone lies over the page, not beside it.
  const { visualViewport } = window;
  visualViewport?.addEventListener('resize', () => {
    if (visualViewport.scale === 1) document.body.style.height = `${visualViewport.height}px`;
  });
  const look = () => page.attention.look(document.visibilityState === 'visible' && document.hasFocus());
  for (const type of ['focus', 'blur']) addEventListener(type, look);
  document.addEventListener('visibilitychange', look);
}
