import { ContainerModule } from 'inversify';
import type { ClientConfig } from '../adapters/config/client-config.js';
import { KeyFailure } from '../application/client/ports.js';
import { TOKENS } from './tokens.js';

/** The key of the person at this end. @throws {KeyFailure} but when no key of one's own can be made, where none was chosen */
export function ownKey({ key }: Pick<ClientConfig, 'key'>, configFolder: string): ContainerModule {
  return new ContainerModule(async ({ bind }) => {
    const { findSigner } = await import('../adapters/keys/find-signer.js');
    try {
      const signer = await findSigner(key ?? 'own', configFolder);
      bind(TOKENS.OwnKey).toConstantValue(signer === undefined ? {} : { signer });
    } catch (error) {
      const canDoWithout = key === undefined && error instanceof KeyFailure && error.code === 'NOT_WRITABLE';
      if (!canDoWithout) throw error;
      bind(TOKENS.OwnKey).toConstantValue({});
    }
  });
}
