import { EventEmitter } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import type { ClientEvent } from '../../application/client/client-event.js';
import type { ChatView } from '../../application/client/ports.js';
import type { Bell } from '../../application/client/preferences.js';
import type { ViewChoices } from '../view/view-choices.js';
import { tierOf } from './color-tier.js';
import type { Signals } from './line-editor/modes.js';
import { PipeView } from './pipe-view.js';
import { PlainView } from './plain-view.js';
import { hasWindow } from './surroundings.js';
import { TerminalView } from './terminal-view.js';
import { WrappedView } from './wrapped-view.js';

/** A terminal elsewhere, or a program there, that shows what it is sent. */
export interface RemoteScreen {
  readonly input: Readable;
  readonly output: Writable & { readonly columns?: number };
  /** What is known of the terminal, if it is one. */
  readonly env?: NodeJS.ProcessEnv;
}

export interface RemoteChoices extends ViewChoices {
  readonly bell: Bell;
  readonly align: number;
  /** The server, as people name it. */
  readonly place: string;
}

/**
 * A view for a screen elsewhere. Nothing of it reaches this machine: what somebody chooses lasts until they go, what they enter
 * is not kept, no signal of this process is theirs.
 */
export function remoteView({ input, output, env }: RemoteScreen, choices: RemoteChoices): ChatView {
  if (env === undefined) return new PipeView(input, output);
  const { bell, align, place, ...chosen } = choices;
  const signals = Object.assign(new EventEmitter(), { pid: 0, kill: () => true }) as unknown as Signals;
  if ((env.TERM ?? '') === '' || env.TERM === 'dumb')
    return new PlainView(input, output, { ...chosen, bell, columns: () => output.columns, signals });
  const settings = { ...chosen, bell, align, place, notify: 'off', tier: tierOf('auto', env, true) } as const;
  return new TerminalView(input, output, settings, { env, signals, hasWindow: hasWindow(env) });
}

/** Any view, with somebody who is told when the person is in the room. */
export class WatchedView extends WrappedView {
  constructor(
    view: ChatView,
    private readonly onWelcome: () => void,
  ) {
    super(view);
  }

  override show(event: ClientEvent): Promise<void> | undefined {
    if (event.type === 'Welcome') this.onWelcome();
    return super.show(event);
  }
}
