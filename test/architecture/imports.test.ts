import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { basename, dirname, normalize } from 'node:path/posix';
import { expect } from 'chai';
import { ROOT } from '../support/cli.js';

/** Every import of a source: static, type-only, dynamic, re-exported, in a type, or by reference. */
const IMPORT =
  /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*|\bgetBuiltinModule\s*\(\s*|<reference \w+=)(['"`])([^'"`]+)\1/g;
/** A specifier that is not a plain text could name anything. */
const COMPUTED_IMPORT = /(?<![#.\w])(?:import|require|getBuiltinModule)\s*\(\s*[^'"`\s)]/;
const COMMENT = /(?<!\/)\/\*.*?\*\/|(?<!\/)\/\/[^/].*?$/gms;
/** What a pure ring must not reach for without an import either. */
const GLOBALS = /\b(?:process|Buffer|globalThis|setTimeout|setInterval|setImmediate|fetch|console)\b/;

/** What a client is made of wherever it runs, a browser included; and what is only in Node. */
const ANYWHERE = /^(application\/client|adapters\/(wire\/connect|view|browser))\//;
const PURE_PACKAGES = new Set(['fastest-levenshtein']);
const NODE_GLOBALS =
  /(?<![#.\w])(?:(?:process|Buffer|NodeJS)\b\s*[.[(]|(?:require|setImmediate)\b|__dirname\b)/;

/** Which half of the application an adapter serves; the others may serve both. */
const HALVES: [folder: RegExp, half: string][] = [
  [
    /^adapters\/(tcp\/listen|wire\/listen|sqlite|memory|nats|shared-log|pino|random|metrics|process)\//,
    'server',
  ],
  [/^adapters\/(tcp\/connect|wire\/connect|terminal|view|browser)\//, 'client'],
];

/** Names that the two sides of a wire share. */
const SHARED_NAMES = new Set(['command.ts', 'response.ts']);

interface Source {
  readonly path: string;
  /** Paths below src, or names of packages. */
  readonly targets: readonly string[];
}

/** `path` is below src. */
function sourceOf(path: string, text: string): Source {
  const targets = Array.from(text.replace(COMMENT, ' ').matchAll(IMPORT), ([, , specifier = '']) =>
    specifier.startsWith('.') ? normalize(join(dirname(path), specifier)) : specifier,
  );
  return { path, targets };
}

const isOurs = (target: string) => /^(domain|application|adapters|cli|commands|container)\//.test(target);

/** Each rule says whether `path` must not import `target`. */
const RULES: Record<string, (path: string, target: string) => boolean> = {
  'nothing leaves src, or leads around the rings': (path, target) =>
    target.startsWith('..') ||
    (/^(\/|file:)|^[^@].*\.[jt]s$/.test(target) && !isOurs(target)) ||
    !ringOf(path),
  'the domain imports only itself': (path, target) =>
    path.startsWith('domain/') && !target.startsWith('domain/'),
  'the application imports only itself and the domain': (path, target) =>
    path.startsWith('application/') && !/^(domain|application)\//.test(target),
  'the halves of the application share their language only': (path, target) =>
    (path.startsWith('application/server/') && target.startsWith('application/client/')) ||
    (path.startsWith('application/client/') && target.startsWith('application/server/')) ||
    (/^application\/[^/]+$/.test(path) && /^application\/.+\//.test(target)),
  'an adapter serves its own half of the application': (path, target) => {
    const half = HALVES.find(([folder]) => folder.test(path))?.[1];
    return (
      half !== undefined && /^application\/.+\//.test(target) && !target.startsWith(`application/${half}/`)
    );
  },
  'an adapter never imports a sibling, except wire, view and files': (path, target) =>
    path.startsWith('adapters/') &&
    target.startsWith('adapters/') &&
    !/^adapters\/(wire|view|files)\//.test(target) &&
    target.split('/')[1] !== path.split('/')[1],
  'adapters know nothing of what uses them': (path, target) =>
    path.startsWith('adapters/') && /^(cli|commands|container)\//.test(target),
  'inversify is imported in the container only': (path, target) =>
    target.startsWith('inversify') && !path.startsWith('container/'),
  'the container does not know what asks it': (path, target) =>
    path.startsWith('container/') && /^(cli|commands)\//.test(target),
  'the lists of the container import no adapter but types': (path, target) =>
    /^container\/(server|client)\.ts$/.test(path) && /^adapters\/(?!config\/)/.test(target),
  'a module of the container imports the adapters of one technology': (path, target) =>
    path.startsWith('container/') &&
    path !== 'container/tokens.ts' &&
    /^adapters\/(?!config\/|view\/)/.test(target) &&
    !(target.split('/')[1] ?? '').startsWith(MODULES[basename(path, '.ts')] ?? basename(path, '.ts')),
  'commands parse flags, ask the container and print': (path, target) =>
    /^(cli|commands)\//.test(path) &&
    !/^(adapters\/(config|terminal|view)\/|cli\/|commands\/|application\/|container\/|@oclif\/core(\/\w+)?$|fastest-levenshtein$|node:(fs|module|os|path|stream(\/promises)?|tty|url|v8)$)/.test(
      target,
    ),
  'the line editor imports nothing of the chat': (path, target) =>
    path.startsWith('adapters/terminal/line-editor/') &&
    isOurs(target) &&
    !/^adapters\/(terminal\/(line-editor\/|output\.js$)|view\/visible\.js$)/.test(target),
};

/** Modules that are not named after the folder of their technology. */
const MODULES: Record<string, string> = {
  broadcaster: 'shared-log',
  'key-proofs': 'keys',
  'own-key': 'keys',
  'remote-screens': 'terminal',
  'ssh-rooms': 'ssh',
  page: 'browser',
  'cluster-tokens': 'nats',
};

function ringOf(path: string): string | undefined {
  return /^(domain|application|adapters|cli|commands|container)\//.exec(path)?.[1];
}

function breaches(source: Source): string[] {
  return Object.entries(RULES).flatMap(([rule, isBreach]) =>
    source.targets.some(target => isBreach(source.path, target)) ? [rule] : [],
  );
}

describe('the import rule', () => {
  const texts = new Map(
    readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
      .filter(path => /\.\w+$/.test(path))
      .map(path => [path, readFileSync(join(ROOT, 'src', path), 'utf8')]),
  );
  const sources = Array.from(texts, ([path, text]) => sourceOf(path, text));
  const plain = Array.from(texts, ([path, text]): [string, string] => [path, text.replace(COMMENT, ' ')]);

  it('sees the sources', () => {
    expect([...texts.keys()]).to.include.members([
      'container/server.ts',
      'domain/chat-room.ts',
      'adapters/wire/listen/command.ts',
    ]);
    for (const path of texts.keys()) expect(path).to.match(/\.ts$|^adapters\/browser\/page\.(?:html|css)$/);
  });

  for (const [rule, isBreach] of Object.entries(RULES)) {
    it(rule, () => {
      const offenders = sources.flatMap(({ path, targets }) =>
        targets.filter(target => isBreach(path, target)).map(target => `${path} imports ${target}`),
      );
      expect(offenders).to.deep.equal([]);
    });
  }

  it('can be checked: every import names what it imports', () => {
    expect(plain.filter(([, text]) => COMPUTED_IMPORT.test(text)).map(([path]) => path)).to.deep.equal([]);
  });

  it('the domain uses no globals, the application neither process nor Buffer', () => {
    const offenders = plain.filter(
      ([path, text]) =>
        (path.startsWith('domain/') && GLOBALS.test(text)) ||
        (path.startsWith('application/') && /\b(?:process|Buffer|require)\b[.(]/.test(text)),
    );
    expect(offenders.map(([path]) => path)).to.deep.equal([]);
  });

  const targetsOf = new Map(sources.map(({ path, targets }) => [path.replace(/\.ts$/, '.js'), targets]));

  it('a client is made of nothing that only Node has, but for its line and its view', () => {
    const parts = new Set([...targetsOf.keys()].filter(path => ANYWHERE.test(path)));
    for (const path of parts) for (const target of targetsOf.get(path) ?? []) parts.add(target);
    expect([...parts].filter(part => !isOurs(part) && !PURE_PACKAGES.has(part))).to.deep.equal([]);
    const offenders = plain.filter(
      ([path, text]) => parts.has(path.replace(/\.ts$/, '.js')) && NODE_GLOBALS.test(text),
    );
    expect(offenders.map(([path]) => path)).to.deep.equal([]);
  });

  it('there is no circle', () => {
    const done = new Set<string>();
    const visit = (path: string, above: readonly string[]): string[] => {
      if (above.includes(path)) return [[...above.slice(above.indexOf(path)), path].join(' > ')];
      if (done.has(path)) return [];
      const circles = (targetsOf.get(path) ?? []).flatMap(target => visit(target, [...above, path]));
      done.add(path);
      return circles;
    };
    expect([...targetsOf.keys()].flatMap(path => visit(path, []))).to.deep.equal([]);
  });

  it('keeps src at most three folders deep', () => {
    for (const { path } of sources) expect(path.split('/').length - 1, path).to.be.at.most(3);
  });

  it('gives no two files one name', () => {
    const names = sources.map(({ path }) => basename(path)).filter(name => !SHARED_NAMES.has(name));
    expect(names.filter((name, index) => names.indexOf(name) !== index)).to.deep.equal([]);
  });

  it('keeps every file of the container short', () => {
    const long = plain.filter(([path]) => path.startsWith('container/'));
    for (const [path] of long) expect((texts.get(path) ?? '').split('\n').length, path).to.be.at.most(90);
  });

  const forbidden: [source: string, text: string][] = [
    ['domain/user.ts', "import type { Broadcaster } from '../application/server/broadcast-ports.js';"],
    ['domain/user.ts', "import { Buffer } from 'node:buffer';"],
    ['domain/user.ts', "export * from '../adapters/wire/commands.js';"],
    ['application/server/join-user.ts', "import type { ChatView } from '../client/ports.js';"],
    ['application/chat-request.ts', "import type { Outlet } from './server/broadcast-ports.js';"],
    ['application/server/join-user.ts', "import { injectable } from 'inversify';"],
    ['adapters/tcp/listen/tcp-server.ts', "const log = await import('../../pino/pino-logger.js');"],
    ['adapters/tcp/listen/tcp-server.ts', "import { TOKENS } from '../../../container/tokens.js';"],
    ['adapters/sqlite/writer.ts', "import type { Settings } from '../../application/client/preferences.js';"],
    ['domain/user.ts', 'const net = await import(`node:net`);'],
    ['domain/user.ts', "export { connect } from /* a comment */ 'node:net';"],
    ['domain/user.ts', "const net = process.getBuiltinModule('node:net');"],
    ['domain/user.ts', '/// <reference path="../adapters/pino/pino-logger.ts" />'],
    ['bridge.ts', "export * from './adapters/pino/pino-logger.js';"],
    ['container/server.ts', "import Join from '../commands/client/join.js';"],
    ['container/sqlite.ts', "import { TcpServer } from '../adapters/tcp/listen/tcp-server.js';"],
    ['commands/client/join.ts', "import { connect } from 'node:net';"],
    ['commands/client/join.ts', "import { dialTcp } from '../../adapters/tcp/connect/dial-tcp.js';"],
    [
      'adapters/terminal/line-editor/undo.ts',
      "import type { ChatMemo } from '../../../application/chat-response.js';",
    ],
  ];
  for (const [path, text] of forbidden) {
    it(`would not let ${path} have ${text}`, () => {
      expect(breaches(sourceOf(path, text))).to.not.deep.equal([]);
    });
  }
});
