import { ContainerModule } from 'inversify';
import type { ClientConfig } from '../adapters/config/client-config.js';
import { CLIENT_SETTINGS } from '../adapters/config/client-settings.js';
import { TOKENS } from './tokens.js';

/** Terminals that have no title, and may show what sets one. */
const WITHOUT_WINDOW = /^(?:$|linux|dumb|vt|cons|sun|network|unknown)/;

/** A server as people name it: with its port, where that is not the usual one. */
function placeOf(host: string, port: number): string {
  if (port === CLIENT_SETTINGS.port.default) return host;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** The view for the person, or the program, at this end. */
export function terminal({ json, plain }: ClientConfig): ContainerModule {
  const { stdin, stdout, env } = process;
  if (json) return jsonView;
  if (!stdin.isTTY) return pipeView;
  return plain || !stdout.isTTY || env.TERM === 'dumb' ? plainView : terminalView;
}

/** The width of the terminal at which somebody looks, if the output goes there or through something else. */
function columns(): number | undefined {
  const { stdout, stderr } = process;
  return stdout.columns ?? stderr.columns;
}

const jsonView = new ContainerModule(async ({ bind }) => {
  const { JsonView } = await import('../adapters/terminal/json/json-view.js');
  bind(TOKENS.ChatView).toResolvedValue(() => new JsonView(process.stdin, process.stdout));
});

const pipeView = new ContainerModule(async ({ bind }) => {
  const { PipeView } = await import('../adapters/terminal/pipe-view.js');
  bind(TOKENS.ChatView).toResolvedValue(() => new PipeView(process.stdin, process.stdout, columns));
});

const plainView = new ContainerModule(async ({ bind }) => {
  const { PlainView } = await import('../adapters/terminal/plain-view.js');
  bind(TOKENS.ChatView).toResolvedValue(
    ({ bell }, { onChoice }) =>
      new PlainView(process.stdin, process.stdout, {
        bell,
        columns,
        onBell: chosen => onChoice?.('bell', chosen),
      }),
    [TOKENS.ClientConfig, TOKENS.ClientWiring],
  );
});

const terminalView = new ContainerModule(async ({ bind }) => {
  const [{ TerminalView }, { tierOf }] = await Promise.all([
    import('../adapters/terminal/terminal-view.js'),
    import('../adapters/terminal/color-tier.js'),
  ]);
  bind(TOKENS.ChatView).toResolvedValue(
    ({ color, host, port, ...choices }, { onChoice }, inputLog) =>
      new TerminalView(
        process.stdin,
        process.stdout,
        {
          ...choices,
          tier: tierOf(color, process.env, true),
          place: placeOf(host, port),
          inputLog,
          ...(onChoice && { onChoice }),
        },
        { hasWindow: !WITHOUT_WINDOW.test(process.env.TERM ?? '') },
      ),
    [TOKENS.ClientConfig, TOKENS.ClientWiring, TOKENS.InputLog],
  );
});
