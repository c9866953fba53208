import type { ClientEvent } from '../../application/client/client-event.js';
import type { ChatView } from '../../application/client/ports.js';
import type { UserCommand } from '../../application/client/user-command.js';

/** A view around another one, which does everything that this one does not do otherwise. */
export class WrappedView<View extends ChatView = ChatView> implements ChatView {
  constructor(protected readonly view: View) {}

  get isInteractive(): boolean {
    return this.view.isInteractive;
  }

  get interrupted(): Promise<void> {
    return this.view.interrupted;
  }

  ask(question: string): Promise<string | undefined> {
    return this.view.ask(question);
  }

  commands(): AsyncIterable<UserCommand> {
    return this.view.commands();
  }

  show(event: ClientEvent): Promise<void> | undefined {
    return this.view.show(event);
  }

  close(): void {
    this.view.close();
  }
}
