import { ContainerModule } from 'inversify';
import type { ClientConfig } from '../adapters/config/client-config.js';
import { TOKENS } from './tokens.js';

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

/** Keeps what the view shows in a file, where one is given. @throws {LogFailure} when it cannot be opened */
export function log({ log: path }: ClientConfig): ContainerModule {
  return new ContainerModule(async ({ onActivation }) => {
    if (path === undefined) return;
    const [{ LogView }, { LogFile }] = await Promise.all([
      import('../adapters/terminal/log-view.js'),
      import('../adapters/terminal/log-file.js'),
    ]);
    const file = new LogFile(path);
    onActivation(TOKENS.ChatView, (_, view) => new LogView(view, file));
  });
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
  const [{ PlainView }, { isInEmacsShell }] = await Promise.all([
    import('../adapters/terminal/plain-view.js'),
    import('../adapters/terminal/surroundings.js'),
  ]);
  bind(TOKENS.ChatView).toResolvedValue(
    (choices, { onChoice }) =>
      new PlainView(process.stdin, process.stdout, {
        ...choices,
        columns,
        echoes: process.stdout.isTTY === true && !isInEmacsShell(process.env),
        ...(onChoice && { onChoice }),
      }),
    [TOKENS.ClientConfig, TOKENS.ClientWiring],
  );
});

const terminalView = new ContainerModule(async ({ bind }) => {
  const [{ TerminalView }, { hasWindow }, { tierOf }, { addressOf }] = await Promise.all([
    import('../adapters/terminal/terminal-view.js'),
    import('../adapters/terminal/surroundings.js'),
    import('../adapters/terminal/color-tier.js'),
    import('../adapters/config/server-name.js'),
  ]);
  bind(TOKENS.ChatView).toResolvedValue(
    ({ color, servers, ...choices }, { onChoice }, inputLog) =>
      new TerminalView(
        process.stdin,
        process.stdout,
        {
          ...choices,
          tier: tierOf(color, process.env, true),
          place: servers.length > 1 ? `${servers.length} addresses` : addressOf(servers[0]),
          inputLog,
          ...(onChoice && { onChoice }),
        },
        { hasWindow: hasWindow(process.env) },
      ),
    [TOKENS.ClientConfig, TOKENS.ClientWiring, TOKENS.InputLog],
  );
});
