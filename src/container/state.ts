import { join } from 'node:path';
import { ContainerModule } from 'inversify';
import { TOKENS } from './tokens.js';

/** A person's own sessions, in files. */
export const ownSessions = new ContainerModule(async ({ bind }) => {
  const { OwnSessionFiles } = await import('../adapters/state/own-session-files.js');
  bind(TOKENS.OwnSessions).toResolvedValue(
    ({ stateFolder }, { servers }) => new OwnSessionFiles(join(stateFolder, 'sessions'), ...servers),
    [TOKENS.ClientWiring, TOKENS.ClientConfig],
  );
});

/** The keys of servers, in a file. */
export const knownServers = new ContainerModule(async ({ bind }) => {
  const { KnownServersFile } = await import('../adapters/state/known-servers-file.js');
  bind(TOKENS.KnownServers).toResolvedValue(
    ({ configFolder }) => new KnownServersFile(configFolder),
    [TOKENS.ClientWiring],
  );
});

/** What a person has entered at the prompt, in a file. */
export const inputLog = new ContainerModule(async ({ bind }) => {
  const { InputLogFile } = await import('../adapters/state/input-log-file.js');
  bind(TOKENS.InputLog).toResolvedValue(
    ({ stateFolder }) => new InputLogFile(join(stateFolder, 'input-history')),
    [TOKENS.ClientWiring],
  );
});
