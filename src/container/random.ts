import { ContainerModule } from 'inversify';
import { TOKENS } from './tokens.js';

/** Resume tokens of the system's random numbers. */
export const random = new ContainerModule(async ({ bind }) => {
  const { RandomTokens } = await import('../adapters/random/random-tokens.js');
  bind(TOKENS.ResumeTokens).toResolvedValue(() => new RandomTokens());
});
