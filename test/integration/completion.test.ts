import { execFileSync } from 'node:child_process';
import { expect } from 'chai';
import { SETTING_NAMES } from '../../src/application/client/preferences.js';
import { COMMANDS, Program } from '../support/cli.js';

describe('completion', () => {
  let script: string;
  before(async () => {
    const program = Program.chatty(['completion', 'bash']);
    expect(await program.exit()).to.equal(0);
    script = program.stdout;
  });

  /** What bash would put in for the end of `line`, when it takes colons for the ends of words, or not. */
  function complete(line: string, breaks = ' \t\n"\'><=;|&(:'): string[] {
    const probe = `${script}
COMP_WORDBREAKS=$1 COMP_LINE=$2 COMP_POINT=\${#2}
$(complete -p chatty | sed 's/.*-F \\([^ ]*\\) .*/\\1/')
printf '%s\\n' "\${COMPREPLY[@]}"`;
    const out = execFileSync('bash', ['--norc', '-uc', probe, 'bash', breaks, line], { encoding: 'utf8' });
    return out.split('\n').filter(word => word !== '');
  }

  const cases: [line: string, words: string[]][] = [
    ['chatty cl', ['client:join', 'client:key', 'client:send', 'client:settings']],
    ['chatty client:j', ['join']],
    ['chatty client:', ['join', 'key', 'send', 'settings']],
    ['chatty client s', ['send', 'settings']],
    ['chatty client:join --co', ['--color', '--commands']],
    ['chatty client join --co', ['--color', '--commands']],
    ['chatty client:join --color ', ['auto', 'always', 'never']],
    ['chatty client:join --color=al', ['always']],
    ['chatty client:join carl --bell m', ['mentions']],
    ['chatty client:join --json --not', ['--notify']],
    ['chatty client:settings ', [...SETTING_NAMES]],
    ['chatty client settings b', ['bell']],
    ['chatty client:send --li', ['--lines']],
    ['chatty server:start --log-level s', ['silent']],
    ['chatty completion ', ['bash', 'zsh', 'fish']],
    ['chatty client:join --host ', []],
    ['chatty client:join --frob', []],
    ['chatty frobnicate --x', []],
    ['chatty --v', ['--version']],
  ];
  for (const [line, words] of cases) {
    it(`knows how "${line}" goes on`, () => {
      expect(complete(line)).to.deep.equal(words);
    });
  }

  it('offers all that there is, and leaves whole what bash does not divide', () => {
    expect(complete('chatty ')).to.deep.equal([...COMMANDS, '--help', '--version']);
    expect(complete('chatty client:j', ' \t\n')).to.deep.equal(['client:join']);
  });

  for (const [shell, says] of [
    ['zsh', "_arguments '--username=[Who you are.]:value: '"],
    [
      'fish',
      "complete -c chatty -n '__fish_seen_subcommand_from client:join' -l color -x -a 'auto always never'",
    ],
  ] as const) {
    it(`has a script for ${shell}`, async () => {
      const program = Program.chatty(['completion', shell]);
      expect(await program.exit()).to.equal(0);
      expect(program.stdout).to.include(says);
    });
  }

  it('says which shells it knows', async () => {
    const program = Program.chatty(['completion', 'tcsh']);
    expect(await program.exit()).to.equal(2);
    expect(program.stderr).to.equal(
      'Expected tcsh to be one of: bash, zsh, fish. See chatty completion --help\n',
    );
  });
});
