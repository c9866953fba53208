import type { Command } from '@oclif/core';
import { measuresText, moderatedText } from '../adapters/view/moderation-text.js';
import { visible } from '../adapters/view/visible.js';
import type { ChatRequest } from '../application/chat-request.js';
import { chosenFolder } from './data-folder.js';
import { EXIT, fail } from './exit.js';

/** Asks the server of the folder that the flags name, and prints its answer; what cannot be done is said in a line. */
export async function keepOrder(
  command: Command,
  flags: Record<string, unknown>,
  request: ChatRequest,
): Promise<void> {
  const folder = chosenFolder(command, flags);
  const [{ createControl }, { TOKENS }] = await Promise.all([
    import('../container/server.js'),
    import('../container/tokens.js'),
  ]);
  const ask = (await createControl(folder)).get(TOKENS.AskServer);
  const answer = await ask(request).catch(() => undefined);
  if (answer === undefined) return noServer(command, folder);
  if (answer.type === 'Moderated') command.log(moderatedText(answer));
  else if (answer.type === 'Bans') command.log(measuresText(answer));
  else if ('content' in answer) fail(command, visible(answer.content), EXIT.NOT_ADMITTED);
  else fail(command, 'The server gave an answer that this version does not understand.', 1);
}

/** Ends a command that has nobody to ask. */
export function noServer(command: Command, folder: string): never {
  return fail(
    command,
    `No server answers that keeps its data in ${visible(folder)}. It has to run, as the same user; name its folder with --data-dir.`,
    EXIT.CANNOT_CONNECT,
  );
}
