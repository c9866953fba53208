import { BELLS, type Bell, PRESENCE_MODES } from '../../application/client/preferences.js';
import type { OnChoice, ViewChoices } from '../view/view-choices.js';
import type { Shelf } from './shelf.js';

const PREFIX = 'chatty ';

/** What a person has chosen, kept by their browser; nothing is where it keeps nothing. */
export class KeptChoices {
  constructor(private readonly shelf: Shelf) {}

  get view(): ViewChoices {
    const presence = PRESENCE_MODES.find(mode => mode === this.get('presence'));
    const [ignore, highlight] = [this.get('ignore'), this.get('highlight')];
    return {
      ...(presence && { presence }),
      ...(ignore !== undefined && { ignore }),
      ...(highlight !== undefined && { highlight }),
    };
  }

  get bell(): Bell {
    return BELLS.find(bell => bell === this.get('bell')) ?? 'off';
  }

  readonly onChoice: OnChoice = (name, value) => this.keep(name, value);

  get(name: string): string | undefined {
    return this.shelf.getItem(PREFIX + name) ?? undefined;
  }

  /** Forgets it when there is no value. */
  keep(name: string, value: string | undefined): void {
    if (value === undefined) this.shelf.removeItem(PREFIX + name);
    else this.shelf.setItem(PREFIX + name, value);
  }
}
