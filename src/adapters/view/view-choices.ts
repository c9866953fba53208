import {
  COMMAND_STYLES,
  type CommandStyle,
  PRESENCE_MODES,
  type PresenceMode,
  type SettingName,
} from '../../application/client/preferences.js';
import { usernameKey } from '../../domain/name-key.js';
import type { ChoiceName } from './typed-line.js';
import { cut, visible } from './visible.js';

/** What a person has chosen for their view; names and words as lists with commas. */
export interface ViewChoices {
  readonly presence?: PresenceMode;
  readonly commands?: CommandStyle;
  readonly ignore?: string;
  readonly highlight?: string;
}

/** Told what is to be remembered; forgotten when there is no value. */
export type OnChoice = (name: SettingName, value: string | undefined) => void;

/** Most names that can be ignored, and words that ring. */
const MAX_ENTRIES = 200;

const PRESENCE: Record<PresenceMode, string> = {
  all: 'Every coming and going is shown.',
  folded: 'Comings and goings are shown, several at once in one row.',
  off: 'Comings and goings are not shown.',
};
const COMMANDS: Record<CommandStyle, string> = {
  words: '"send ..." and "leave" are commands, with a slash or without.',
  slash: 'Only what begins with a slash is a command.',
};

/** What a person sees, and what rings, as they have chosen it. */
export class Choices {
  /** Who has chosen all this. */
  username = '';
  presence: PresenceMode;
  commands: CommandStyle;
  /** Whether the person has ever said which lines are commands. */
  hasCommandStyle: boolean;
  /** By the key of the name. */
  readonly #ignored = new Map<string, string>();
  #words: readonly string[];

  constructor(
    { presence = 'folded', commands, ignore = '', highlight = '' }: ViewChoices,
    private readonly onChoice: OnChoice = () => {},
  ) {
    this.presence = presence;
    this.commands = commands ?? 'words';
    this.hasCommandStyle = commands !== undefined;
    for (const name of entriesOf(ignore)) this.#ignored.set(usernameKey(name), name);
    this.#words = entriesOf(highlight);
  }

  /** Words that ring as one's own name does. */
  get words(): readonly string[] {
    return this.#words;
  }

  isIgnored(username: string): boolean {
    return this.#ignored.size > 0 && this.#ignored.has(usernameKey(username));
  }

  /** Takes a choice as it was typed, none to see what it is; answers with the words for it. */
  choose(name: Exclude<ChoiceName, 'bell'>, typed: string): string {
    switch (name) {
      case 'presence':
        return this.#choosePresence(typed);
      case 'commands':
        return this.#chooseCommands(typed);
      case 'highlight':
        return this.#highlight(typed);
      case 'ignore':
        return typed === '' ? this.#ignoredOnes() : this.#ignore(entriesOf(typed).map(nameIn));
      case 'unignore':
        return this.#unignore(nameIn(typed));
    }
  }

  #choosePresence(typed: string): string {
    if (typed === '') return `${PRESENCE[this.presence]} /presence all, folded or off changes it.`;
    const mode = PRESENCE_MODES.find(one => one === typed.toLowerCase());
    if (mode === undefined) return 'Type /presence all, /presence folded or /presence off.';
    this.presence = mode;
    this.onChoice('presence', mode);
    return PRESENCE[mode];
  }

  #chooseCommands(typed: string): string {
    if (typed === '') return `${COMMANDS[this.commands]} /commands words or slash changes it.`;
    const style = COMMAND_STYLES.find(one => one === typed.toLowerCase());
    if (style === undefined) return 'Type /commands words or /commands slash.';
    this.commands = style;
    this.hasCommandStyle = true;
    this.onChoice('commands', style);
    return COMMANDS[style];
  }

  #highlight(typed: string): string {
    if (typed !== '') {
      this.#words = typed.toLowerCase() === 'none' ? [] : entriesOf(typed);
      this.onChoice('highlight', this.#words.length === 0 ? undefined : this.#words.join(', '));
    }
    return this.#words.length === 0
      ? 'Only your name rings. /highlight with words, and commas between them, lets them ring too.'
      : `These ring like your name: ${visible(cut(this.#words.join(', ')))}.`;
  }

  #ignoredOnes(): string {
    const names = [...this.#ignored.values()].map(visible).join(', ');
    return names === ''
      ? 'You ignore nobody. /ignore and a name hides what they say.'
      : `You ignore ${names}.`;
  }

  #ignore(names: readonly string[]): string {
    if (this.#ignored.size + names.length > MAX_ENTRIES) return `You can ignore ${MAX_ENTRIES} at most.`;
    if (names.some(name => usernameKey(name) === usernameKey(this.username))) return 'That is you.';
    for (const name of names) this.#ignored.set(usernameKey(name), name);
    this.#rememberIgnored();
    const all = visible(names.join(', '));
    return `You see nothing of ${all} any more. /unignore and a name ends that.`;
  }

  #unignore(name: string): string {
    if (!this.#ignored.delete(usernameKey(name)))
      return name === '' ? 'Whom? Type /unignore and a name.' : `You do not ignore ${visible(name)}.`;
    this.#rememberIgnored();
    return `You see again what ${visible(name)} says.`;
  }

  #rememberIgnored(): void {
    this.onChoice('ignore', this.#ignored.size === 0 ? undefined : [...this.#ignored.values()].join(', '));
  }
}

function entriesOf(list: string): string[] {
  const entries = list.split(',').map(entry => entry.trim());
  return entries.filter(entry => entry !== '').slice(0, MAX_ENTRIES);
}

/** A name as it is typed or completed: `@anna`, `anna:`. */
function nameIn(typed: string): string {
  return typed.trim().replace(/^@/, '').replace(/[:,]$/, '');
}
