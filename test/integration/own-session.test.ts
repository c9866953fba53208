import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Program } from '../support/cli.js';
import { WireClient } from '../support/wire-client.js';

describe("a person's own session", () => {
  const running: Program[] = [];
  let state: string;
  let port: number;

  beforeEach(async () => {
    state = mkdtempSync(join(tmpdir(), 'chatty-state-'));
    const [server, its] = await Program.server(['--history', 'memory', '--log-level', 'silent']);
    running.push(server);
    port = its;
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map(program => program.kill()));
    rmSync(state, { recursive: true, force: true });
  });

  /** A client of one person, who keeps what they have in one folder. */
  function carl(...args: string[]): Program {
    const program = Program.client(port, ['carl', ...args], { XDG_STATE_HOME: state });
    running.push(program);
    return program;
  }

  it('is taken up, unnoticed and complete, by the program after one that was killed', async () => {
    const david = await WireClient.joined(port, 'david');
    const first = carl('--listen').endInput();
    await first.says('Warm Welcome');
    david.send('david', 'one');
    await first.says('david: one');
    await new Promise(resolve => setTimeout(resolve, 1500)); // the place in the conversation is written down
    await first.kill();
    david.send('david', 'two, in between');
    const second = carl('--listen').endInput();
    await second.says('david: two, in between');
    expect(second.stdout).to.include('You were still in the room: nobody saw you leave.');
    expect(second.stdout).to.not.include('david: one');
    david.send('david', 'three');
    await second.says('david: three');
    expect(david.lines.filter(line => /carl.*(?:Joined|Left)/.test(line))).to.have.length(1);
  });

  it('is taken up by every kind of program, one after the other', async () => {
    await carl('--listen').endInput().says('Warm Welcome');
    await running.at(-1)?.kill();
    const sender = Program.chatty(
      ['client:send', '--username', 'carl', '--port', String(port), 'said after a crash'],
      { XDG_STATE_HOME: state },
    );
    running.push(sender);
    expect(await sender.exit()).to.equal(0);
  });
});
