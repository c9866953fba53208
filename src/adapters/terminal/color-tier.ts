import type { ColorMode } from '../../application/client/preferences.js';
import type { Tier } from './line-editor/color.js';

/**
 * What a terminal is to be sent. `always` and `never` are the user's own word and beat the environment;
 * FORCE_COLOR beats NO_COLOR, as in Node itself.
 */
export function tierOf(mode: ColorMode, env: NodeJS.ProcessEnv, isTerminal: boolean): Tier {
  const forced = mode === 'always' || (env.FORCE_COLOR !== undefined && !/^(0|false)$/.test(env.FORCE_COLOR));
  if (mode === 'never') return 'none';
  if (forced) return env.FORCE_COLOR === '1' || deepest(env) === 'none' ? '16' : deepest(env);
  if (!isTerminal || deepest(env) === 'none') return 'none';
  return env.FORCE_COLOR !== undefined || (env.NO_COLOR ?? '') !== '' ? 'mono' : deepest(env);
}

function deepest({ TERM = '', COLORTERM = '' }: NodeJS.ProcessEnv): Tier {
  if (TERM === 'dumb' || (TERM === '' && process.platform !== 'win32')) return 'none';
  if (/^vt\d/.test(TERM)) return 'mono';
  return /256|direct|kitty|ghostty|alacritty|foot/.test(TERM) ||
    /truecolor|24bit/i.test(COLORTERM) ||
    process.platform === 'win32'
    ? '256'
    : '16';
}
