import type { SettingName } from '../application/client/preferences.js';

/** What a command knows beyond the configuration. */
export interface ClientWiring {
  /** Where a person's sessions are kept. */
  readonly stateFolder: string;
  /** Where what a person has chosen and trusts is kept, and their own key. */
  readonly configFolder: string;
  /** Whether somebody said how long to try again: then a first attempt is as well. */
  readonly isToldToWait: boolean;
  /** Called when a person chooses something at the prompt; forgotten when there is no value. */
  readonly onChoice?: (name: SettingName, value: string | undefined) => void;
  /** Whether a script's messages that are too long are said in parts. */
  readonly splits?: boolean;
  /** Told when a server that cannot be reached at first is tried again. */
  readonly onWaiting?: () => void;
  /** Told the pin of a server that nothing was known of, and that is trusted from now on. */
  readonly onNewServer?: (pin: string, isUnwritten?: true, address?: string) => void;
  /** Told that what answers at one of several addresses has this key, and not the expected one. */
  readonly onOtherKey?: (address: string, pin: string, isGiven: boolean) => void;
  /** Told that nothing was signed: what the server calls itself, and what was connected to. */
  readonly onUnproven?: (asked: string, reached: string) => void;
}
