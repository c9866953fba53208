import { ContainerModule } from 'inversify';
import type { ClientConfig } from '../adapters/config/client-config.js';
import { FIRST_CONTACT_OF_A_SCRIPT } from '../adapters/config/client-settings.js';
import { TOKENS } from './tokens.js';

/** What the addresses are called, where there are several. */
async function addressesIn(): Promise<(config: ClientConfig) => { addresses?: readonly string[] }> {
  const { addressOf } = await import('../adapters/config/server-name.js');
  return ({ servers }) => (servers.length > 1 ? { addresses: servers.map(addressOf) } : {});
}

/** A person, or a program, that stays and talks. */
export const conversation = new ContainerModule(async ({ bind }) => {
  const { Conversation } = await import('../application/client/conversation.js');
  const addressesOf = await addressesIn();
  bind(TOKENS.Conversation).toResolvedValue(
    (newLink, view, config, sessions, { isToldToWait }, ownKey) => {
      const { showHistory, retryForMs, listen } = config;
      const waitMs = isToldToWait ? (retryForMs ?? 0) : 0;
      const patience = isToldToWait ? 'all' : 'unless taken';
      return new Conversation(newLink, view, {
        ...addressesOf(config),
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
  const addressesOf = await addressesIn();
  bind(TOKENS.SendOnce).toResolvedValue(
    (newLink, config, sessions, { isToldToWait, splits = false, ...told }, ownKey) => {
      const { retryForMs = Number.POSITIVE_INFINITY } = config;
      const { onWaiting, onNewServer, onOtherKey, onUnproven } = told;
      return new SendOnce(newLink, {
        ...addressesOf(config),
        retryForMs,
        contactForMs: isToldToWait ? retryForMs : Math.min(retryForMs, FIRST_CONTACT_OF_A_SCRIPT * 1000),
        sessions,
        ...ownKey,
        splits,
        ...(onWaiting && { onWaiting }),
        ...(onNewServer && { onNewServer }),
        ...(onOtherKey && { onOtherKey }),
        ...(onUnproven && { onUnproven }),
      });
    },
    [TOKENS.NewLink, TOKENS.ClientConfig, TOKENS.OwnSessions, TOKENS.ClientWiring, TOKENS.OwnKey],
  );
});
