import { ContainerModule } from 'inversify';
import { TOKENS } from './tokens.js';

/** What clients prove with their keys. */
export const keyProofs = new ContainerModule(async ({ bind }) => {
  const { Ed25519Proofs } = await import('../adapters/keys/ed25519-proofs.js');
  bind(TOKENS.KeyProofs).toResolvedValue(() => new Ed25519Proofs());
});

/** New Ed25519 keys, in the form of OpenSSH. */
export const newKeys = new ContainerModule(async ({ bind }) => {
  const { newKeyFile } = await import('../adapters/keys/private-key.js');
  bind(TOKENS.NewKeyFile).toConstantValue(newKeyFile);
});

/** Names belong to those whom the operator has listed. */
export const listedNames = new ContainerModule(async ({ bind }) => {
  const [{ NameOwnership }, { ListedNames }] = await Promise.all([
    import('../application/server/name-ownership.js'),
    import('../adapters/keys/listed-names.js'),
  ]);
  bind(TOKENS.NameOwnership).toResolvedValue(
    (settings, logger) => {
      const names = new ListedNames(settings.now.namesFile, logger);
      settings.onChange(({ namesFile }) => names.prepare(namesFile));
      return new NameOwnership(names);
    },
    [TOKENS.LiveSettings, TOKENS.Logger],
  );
});
