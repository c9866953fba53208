import { ContainerModule } from 'inversify';
import { FIRST_CONTACT_OF_A_SCRIPT } from '../adapters/config/client-settings.js';
import { TOKENS } from './tokens.js';

/** A person, or a program, that stays and talks. */
export const conversation = new ContainerModule(async ({ bind }) => {
  const { Conversation } = await import('../application/client/conversation.js');
  bind(TOKENS.Conversation).toResolvedValue(
    (newLink, view, { showHistory, retryForMs, listen }, sessions, { isToldToWait }, ownKey) => {
      const waitMs = isToldToWait ? (retryForMs ?? 0) : 0;
      const patience = isToldToWait ? 'all' : 'unless taken';
      return new Conversation(newLink, view, {
        history: showHistory,
        ...(retryForMs !== undefined && { retryForMs }),
        ...(!view.isInteractive && { patience, waitForOwnMs: waitMs }),
        contactForMs: waitMs,
        listens: listen,
        sessions,
        ...ownKey,
      });
    },
    [
      TOKENS.NewLink,
      TOKENS.ChatView,
      TOKENS.ClientConfig,
      TOKENS.OwnSessions,
      TOKENS.ClientWiring,
      TOKENS.OwnKey,
    ],
  );
});

/** A script that says something and leaves. */
export const sendOnce = new ContainerModule(async ({ bind }) => {
  const { SendOnce } = await import('../application/client/send-once.js');
  bind(TOKENS.SendOnce).toResolvedValue(
    (
      newLink,
      { retryForMs = Number.POSITIVE_INFINITY },
      sessions,
      { isToldToWait, splits = false, onWaiting, onNewServer, onUnproven },
      ownKey,
    ) =>
      new SendOnce(newLink, {
        retryForMs,
        contactForMs: isToldToWait ? retryForMs : Math.min(retryForMs, FIRST_CONTACT_OF_A_SCRIPT * 1000),
        sessions,
        ...ownKey,
        splits,
        ...(onWaiting && { onWaiting }),
        ...(onNewServer && { onNewServer }),
        ...(onUnproven && { onUnproven }),
      }),
    [TOKENS.NewLink, TOKENS.ClientConfig, TOKENS.OwnSessions, TOKENS.ClientWiring, TOKENS.OwnKey],
  );
});
