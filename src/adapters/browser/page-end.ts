import type { ConversationOutcome } from '../../application/client/conversation.js';
import { visible } from '../view/visible.js';
import { byId } from './dom.js';

/** How a conversation has ended, in words, and what can be done then. */
export interface Ending {
  readonly title: string;
  readonly text: string;
  readonly again: string;
}

/** What is told of an end; nothing where somebody has left, or never came in. */
export function endingOf(outcome: ConversationOutcome): Ending | undefined {
  switch (outcome.type) {
    case 'LEFT':
    case 'NO_USERNAME':
    case 'HERE_ALREADY':
      return undefined;
    case 'REPLACED':
      return {
        title: 'You are in another tab',
        text: 'Your conversation goes on there, or in another program of yours. Nothing is lost.',
        again: 'Continue here',
      };
    case 'NOT_ADMITTED':
      return { title: 'You are not in the room', text: visible(outcome.reason), again: 'Try again' };
    case 'NAME_TAKEN':
      return {
        title: 'Your name is taken',
        text: `Somebody else is here as ${visible(outcome.username)} meanwhile.`,
        again: 'Join again',
      };
    case 'NOT_PROVEN':
      return {
        title: 'Nothing was proven',
        text: 'The server calls itself otherwise than your browser does: somebody may be in between, or a proxy is set up wrong. Nothing was signed.',
        again: 'Try again',
      };
    case 'NOT_CHATTY':
      return {
        title: 'That is no chatty server',
        text: 'What answers there is something else.',
        again: 'Try again',
      };
    default:
      return { title: 'The connection is lost', text: 'It did not come back.', again: 'Try again' };
  }
}

/**
 * Tells of an end; resolves when the person wants to go on: as who they were, or as somebody else.
 * @param hasName whether the page would go on with a name without asking for one
 */
export async function tellEnd(
  { title, text, again }: Ending,
  hasName: boolean,
): Promise<'again' | 'another name'> {
  const dialog = byId('over', HTMLDialogElement);
  byId('over-title').textContent = title;
  byId('over-text').textContent = text;
  const button = byId('over-again');
  button.textContent = again;
  button.onclick = () => dialog.close('again');
  const other = byId('over-other');
  other.hidden = !hasName;
  other.onclick = () => dialog.close('other');
  // Escape chooses neither: to go on here may end what goes on elsewhere.
  do {
    dialog.returnValue = '';
    const closed = new Promise(resolve => dialog.addEventListener('close', resolve, { once: true }));
    dialog.showModal();
    await closed;
  } while (dialog.returnValue === '');
  return dialog.returnValue === 'other' ? 'another name' : 'again';
}
