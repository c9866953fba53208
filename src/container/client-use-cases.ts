import { ContainerModule } from 'inversify';
import { TOKENS } from './tokens.js';

/** A person, or a program, that stays and talks. */
export const conversation = new ContainerModule(async ({ bind }) => {
  const { Conversation } = await import('../application/client/conversation.js');
  bind(TOKENS.Conversation).toResolvedValue(
    (newLink, view, { showHistory, retryForMs }) =>
      new Conversation(newLink, view, {
        history: showHistory,
        ...(retryForMs !== undefined && { retryForMs }),
      }),
    [TOKENS.NewLink, TOKENS.ChatView, TOKENS.ClientConfig],
  );
});

/** A script that says something and leaves. */
export const sendOnce = new ContainerModule(async ({ bind }) => {
  const { SendOnce } = await import('../application/client/send-once.js');
  bind(TOKENS.SendOnce).toResolvedValue(
    (newLink, { retryForMs }) => new SendOnce(newLink, retryForMs === undefined ? {} : { retryForMs }),
    [TOKENS.NewLink, TOKENS.ClientConfig],
  );
});
