import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dirname, normalize } from 'node:path/posix';
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

/** What `source`, a path below src, imports: paths below src, or names of packages. */
function importsOf(source: string, text: string): string[] {
  return Array.from(text.replace(COMMENT, ' ').matchAll(IMPORT), ([, , specifier = '']) =>
    specifier.startsWith('.') ? normalize(join(dirname(source), specifier)) : specifier,
  );
}

/** Why `source` must not import `target`; nothing when it may. */
function breach(source: string, target: string): string | undefined {
  const [ring, technology] = source.split('/');
  const [targetRing, targetTechnology] = target.split('/');
  const isOurs = /^(domain|application|adapters|cli|commands|container)\//.test(target);
  if (target.startsWith('..')) return 'leaves src';
  if (target.startsWith('inversify') && ring !== 'container') return 'only the container knows inversify';
  switch (ring) {
    case 'domain':
      return targetRing === 'domain' ? undefined : 'the domain imports only itself';
    case 'application':
      return targetRing === 'domain' || targetRing === 'application'
        ? undefined
        : 'the application imports only itself and the domain';
    case 'adapters':
      if (!isOurs)
        return /^(node:|@?[a-z])/.test(target) && !target.includes('.')
          ? undefined
          : 'leads around the rings';
      if (['cli', 'commands', 'container'].includes(targetRing ?? ''))
        return 'adapters know nothing of who uses them';
      if (targetRing !== 'adapters' || targetTechnology === technology || targetTechnology === 'wire')
        return undefined;
      return 'an adapter never imports a sibling, except wire';
    case 'cli':
    case 'commands':
      return /^(adapters\/(config|terminal)\/|cli\/|application\/|container\/|@oclif\/core$|node:os$)/.test(
        target,
      )
        ? undefined
        : 'commands parse flags, ask the container and print';
    case 'container':
      return targetRing === 'commands' || targetRing === 'cli'
        ? 'the container does not know who asks it'
        : undefined;
    default:
      return 'src holds domain, application, adapters, cli, commands and container, and nothing else';
  }
}

describe('the import rule', () => {
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter(path =>
    path.endsWith('.ts'),
  );

  it('sees the sources', () => {
    expect(sources).to.include.members([
      'container/container.ts',
      'domain/chat-room.ts',
      'adapters/tcp/listen/command.ts',
    ]);
  });

  for (const source of sources) {
    it(`is kept by ${source}`, () => {
      const targets = importsOf(source, readFileSync(join(ROOT, 'src', source), 'utf8'));
      const breaches = targets.flatMap(target => breach(source, target) ?? []);
      expect(breaches).to.deep.equal([]);
    });

    it(`is plain enough to be checked in ${source}`, () => {
      const text = readFileSync(join(ROOT, 'src', source), 'utf8').replace(COMMENT, ' ');
      expect(source).to.match(/\.ts$/);
      expect(text).to.not.match(COMPUTED_IMPORT);
      if (source.startsWith('domain/')) expect(text).to.not.match(GLOBALS);
    });
  }

  const forbidden: [source: string, text: string][] = [
    ['domain/user.ts', "import type { Broadcaster } from '../application/ports.js';"],
    ['domain/user.ts', "import { Buffer } from 'node:buffer';"],
    ['domain/user.ts', "export * from '../adapters/wire/commands.js';"],
    [
      'application/server/join-user.ts',
      "type T = import('../../adapters/memory/event-window.js').EventWindow;",
    ],
    ['application/server/join-user.ts', "import { injectable } from 'inversify';"],
    ['adapters/tcp/listen/command.ts', "const log = await import('../../pino/pino-logger.js');"],
    ['adapters/tcp/listen/command.ts', "import { TOKENS } from '../../../container/container.js';"],
    ['adapters/wire/commands.ts', "import { TcpServer } from '../tcp/listen/tcp-server.js';"],
    ['domain/user.ts', 'const net = await import(`node:net`);'],
    ['domain/user.ts', "export { connect } from /* a comment */ 'node:net';"],
    ['domain/user.ts', "const net = process.getBuiltinModule('node:net');"],
    ['domain/user.ts', '/// <reference path="../adapters/pino/pino-logger.ts" />'],
    ['bridge.ts', "export * from './adapters/pino/pino-logger.js';"],
    ['adapters/tcp/listen/command.ts', "import { createPinoLogger } from '../../../bridge.js';"],
    ['container/container.ts', "import Join from '../commands/client/join.js';"],
    ['commands/client/join.ts', "import { connect } from 'node:net';"],
    ['commands/client/join.ts', "import { dialTcp } from '../../adapters/tcp/connect/dial-tcp.js';"],
  ];
  for (const [source, text] of forbidden) {
    it(`would not let ${source} have ${text}`, () => {
      expect(importsOf(source, text).flatMap(target => breach(source, target) ?? [])).to.have.length(1);
    });
  }

  it('keeps src at most three folders deep', () => {
    for (const source of sources) expect(source.split('/').length - 1, source).to.be.at.most(3);
  });
});
