import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { dialTcp } from '../../src/adapters/tcp/connect/dial-tcp.js';
import { JsonView } from '../../src/adapters/terminal/json/json-view.js';
import { LineLink } from '../../src/adapters/wire/connect/line-link.js';
import { Conversation } from '../../src/application/client/conversation.js';
import { Program } from '../support/cli.js';
import { until } from '../support/until.js';

describe('a program that talks JSON to a real server', () => {
  let server: Program;
  let port: number;
  beforeEach(async () => {
    [server, port] = await Program.server();
  });
  afterEach(() => server.kill());

  function join(name: string) {
    const [input, output] = [new PassThrough(), new PassThrough()];
    let text = '';
    output.on('data', chunk => {
      text += String(chunk);
    });
    const view = new JsonView(input, output);
    const end = new Conversation(() => new LineLink(() => dialTcp({ host: '127.0.0.1', port })), view, {
      history: 0,
    }).execute(name);
    const events = (type: string) =>
      text
        .split('\n')
        .filter(Boolean)
        .map(line => JSON.parse(line))
        .filter(event => event.type === type);
    return { input, events, end };
  }

  it('counts lines that are no command as failed, and says the others', async () => {
    const bot = join('bot');
    bot.input.write('{bad\n{"Nope":1}\n');
    bot.input.end(Buffer.concat([Buffer.from('said\ncaf'), Buffer.from([0xe9])]));
    expect(await bot.end).to.deep.equal({ type: 'LEFT', failed: 3 });
    expect(bot.events('accepted').map(({ content }) => content)).to.deep.equal(['said']);
    expect(bot.events('error').map(({ code }) => code)).to.deep.equal([
      'NOT_JSON',
      'NOT_A_COMMAND',
      'NOT_UTF8',
    ]);
  });

  it('sends, hears, asks and leaves, and gives back exactly what was said', async () => {
    const [anna, bert] = [join('anna'), join('bert')];
    await until(() => anna.events('welcome').length + bert.events('welcome').length === 2);
    const said = ['  /leave "quoted" \\ ', 'two\nlines\u2028', '//', '{', '你好 👩‍👩‍👧', 'send x'];
    for (const [n, content] of said.entries())
      anna.input.write(`${JSON.stringify({ Send: { content, ref: `ref ${n}` } })}\n`);
    anna.input.write('leave\n');
    await until(() => bert.events('message').length === said.length + 1);
    expect(bert.events('message').map(({ content }) => content)).to.deep.equal([...said, 'leave']);
    await until(() => anna.events('accepted').length === said.length + 1);
    expect(anna.events('accepted').map(({ ref }) => ref)).to.deep.equal([
      ...said.map((_, n) => `ref ${n}`),
      undefined,
    ]);
    const [first] = bert.events('message');
    bert.input.write(`{"History":{"before":${first.seq + 1}}}\n{"Search":{"words":"quoted"}}\n{"Who":{}}\n`);
    await until(() => bert.events('users').length === 1);
    expect(bert.events('history')[0].messages).to.have.length(1);
    expect(bert.events('found')[0].messages[0].content).to.equal(said[0]);
    bert.input.end('{"Leave":"bert"}\n');
    anna.input.end();
    expect(await bert.end).to.deep.equal({ type: 'LEFT' });
    expect(await anna.end).to.deep.equal({ type: 'LEFT' });
  });
});
