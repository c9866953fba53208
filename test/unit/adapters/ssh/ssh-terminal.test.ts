import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { expect } from 'chai';
import type { ServerChannel } from 'ssh2';
import { type Pty, SshTerminal } from '../../../../src/adapters/ssh/ssh-terminal.js';
import { until } from '../../../support/until.js';

/** A channel whose client takes what it is sent when it is told to. */
class FakeChannel extends Duplex {
  readonly taken: string[] = [];
  readonly told: (string | number)[] = [];
  readonly stderr = { write: (text: string) => this.told.push(text) };
  takes = true;
  #waiting: (() => void) | undefined;

  constructor() {
    super({ read: () => {} });
  }

  override _write(chunk: Buffer, _: unknown, done: () => void): void {
    this.taken.push(chunk.toString());
    if (this.takes) done();
    else this.#waiting = done;
  }

  takeAll(): void {
    this.#waiting?.();
  }

  exit(code: number): void {
    this.told.push(code);
  }
}

function terminalOn(
  channel: FakeChannel,
  pty?: Pty,
  socket = Object.assign(new EventEmitter(), { writableLength: 0 }),
) {
  return new SshTerminal(channel as unknown as ServerChannel, socket as unknown as Socket, pty);
}

describe('SshTerminal', () => {
  it('begins every line at the left, where there is a terminal, wherever the text is cut', async () => {
    const channel = new FakeChannel();
    const { output } = terminalOn(channel, { columns: 80, rows: 24 });
    for (const text of ['one\ntwo\r\n', 'three\r', '\nfour\n\n', '\n']) output.write(text);
    await until(() => channel.taken.length === 4);
    expect(channel.taken.join('')).to.equal('one\r\ntwo\r\nthree\r\nfour\r\n\r\n\r\n');
    const program = new FakeChannel();
    terminalOn(program).output.write('one\ntwo\n');
    expect(program.taken).to.deep.equal(['one\ntwo\n']);
  });

  it('reads nothing while the client takes nothing, and knows for how long', async () => {
    const channel = new FakeChannel();
    const terminal = terminalOn(channel);
    const heard: string[] = [];
    terminal.input.on('data', chunk => heard.push(String(chunk)));
    channel.push('before');
    await until(() => heard.length === 1);
    channel.takes = false;
    terminal.output.write('something');
    channel.push('meanwhile');
    await until(() => terminal.stalledMs > 20);
    expect(heard).to.deep.equal(['before']);
    channel.takeAll();
    await until(() => heard.length === 2);
    expect(terminal.stalledMs).to.equal(0);
  });

  it('waits for the socket as well, whatever the window of the client', async () => {
    const socket = Object.assign(new EventEmitter(), { writableLength: 1024 * 1024 });
    const terminal = terminalOn(new FakeChannel(), undefined, socket);
    let isDone = false;
    terminal.output.write('x', () => {
      isDone = true;
    });
    await until(() => terminal.stalledMs > 5);
    expect(isDone).to.equal(false);
    socket.emit('drain');
    await until(() => isDone);
  });

  it('tells of a new size soon, once for many', async () => {
    const terminal = terminalOn(new FakeChannel(), { columns: 80, rows: 24 });
    let resized = 0;
    terminal.output.on('resize', () => resized++);
    for (let columns = 90; columns < 100; columns++) terminal.resized({ columns, rows: 30 });
    await until(() => resized === 1);
    expect(terminal.output).to.include({ columns: 99, rows: 30 });
  });

  it('ends with the last words, then the exit status, and after it nothing', async () => {
    const channel = new FakeChannel();
    const terminal = terminalOn(channel);
    terminal.output.write('shown\n');
    terminal.end('It is over.', 7);
    await until(() => channel.writableEnded);
    expect([channel.taken.join(''), channel.told]).to.deep.equal(['shown\n', ['It is over.\n', 7]]);
    const screen = new FakeChannel();
    terminalOn(screen, { columns: 80, rows: 24 }).end('It is over.', 7);
    await until(() => screen.writableEnded);
    expect([screen.taken.join(''), screen.told]).to.deep.equal(['It is over.\r\n', [7]]);
  });

  it('is over when the channel is: the input ends, and nothing can be written', async () => {
    const channel = new FakeChannel();
    const terminal = terminalOn(channel, { columns: 80, rows: 24 });
    let hasEnded = false;
    terminal.input.on('end', () => {
      hasEnded = true;
    });
    terminal.input.resume();
    channel.destroy();
    await until(() => hasEnded && terminal.output.destroyed);
    terminal.end('too late', 0);
    expect(channel.told).to.deep.equal([]);
  });
});
