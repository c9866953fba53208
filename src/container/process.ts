import { ContainerModule } from 'inversify';
import { TOKENS } from './tokens.js';

/** What the system knows of this process. */
export const thisProcess = new ContainerModule(async ({ bind }) => {
  const { ThisProcess } = await import('../adapters/process/this-process.js');
  bind(TOKENS.ProcessVitals).toResolvedValue(() => new ThisProcess());
});
