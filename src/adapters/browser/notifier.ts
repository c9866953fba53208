import type { ChatMemo } from '../../application/chat-response.js';
import type { Bell } from '../../application/client/preferences.js';
import { Ringer } from '../view/ringer.js';
import { cut, visible } from '../view/visible.js';

/** Longest part of a message that is shown, in UTF-16 units. */
const MAX_LENGTH = 200;

/** Tells somebody who looks elsewhere that they are spoken to. They are asked for that when they press the bell, not before. */
export class Notifier {
  readonly #ringer: Ringer;
  #bell: Bell;

  constructor(
    private readonly button: HTMLElement,
    bell: Bell,
    onBell: (bell: Bell) => void,
    private readonly tell: (text: string) => void,
  ) {
    this.#bell = bell;
    this.#ringer = new Ringer(bell, {
      ring: () => {},
      notify: memo => this.#notify(memo),
      onBell: chosen => {
        this.#bell = chosen;
        this.#draw();
        onBell(chosen);
      },
    });
    button.hidden = !('Notification' in globalThis);
    button.addEventListener('click', () => void this.#press());
    this.#draw();
  }

  get ringer(): Ringer {
    return this.#ringer;
  }

  get #isOn(): boolean {
    return this.#bell !== 'off' && 'Notification' in globalThis && Notification.permission === 'granted';
  }

  async #press(): Promise<void> {
    if (this.#isOn) {
      this.#ringer.choose('off');
      return this.tell('You are not notified.');
    }
    if ((await Notification.requestPermission()) !== 'granted')
      return this.tell('Your browser does not allow this page to notify you. Its settings can change that.');
    this.#ringer.choose('mentions');
    this.tell('You are notified when somebody says your name. /bell all: of every message.');
  }

  #draw(): void {
    this.button.setAttribute('aria-pressed', String(this.#isOn));
  }

  #notify({ username, content }: ChatMemo): void {
    if (!this.#isOn || document.hasFocus()) return;
    try {
      const body = visible(cut(content, MAX_LENGTH).replaceAll('\n', ' '));
      const notification = new Notification(visible(username), { body, tag: 'chatty' });
      notification.onclick = () => {
        window.focus();
        notification.close();
      };
    } catch {
      // Chrome on a phone has them for installed pages only, and says so here first.
      this.#ringer.choose('off');
      this.tell('Your browser notifies of installed apps only. The title counts what is new.');
    }
  }
}
