import { expect } from 'chai';
import { Browsers, enter, reads } from '../support/browser.js';
import { memo, PageStandIn } from '../support/page-stand-in.js';
import { until } from '../support/until.js';

describe('the page: whatever a server says', () => {
  const browsers = Browsers.forEach();
  let server: PageStandIn;

  beforeEach(async () => {
    server = await PageStandIn.start();
  });
  afterEach(() => server.stop());

  it('is a text, and never anything else', async () => {
    const page = await browsers.open(server.url);
    await enter(page, 'carl');
    const html = '<img src=x onerror="document.title=1"><script>document.title=2</script>&lt;b&gt;';
    server.say(memo(`<b>${'x'}</b>`, html, 11));
    server.say(memo('anna', '\u001b[31mred\u0007 \u202Eevil\u2066 a\u200Bb\u0000 \u{E0041}', 12));
    server.say(memo('\u202Eanna', 'n'.repeat(20), 13, { kind: 'action' }));
    server.say({ Refused: { code: 'X', content: '<i>no</i>' } });
    server.say(
      memo('chatty', 'x', 14, { kind: 'notice', change: { type: 'topic', by: 'x', topic: '<u>t</u>' } }),
    );
    await reads(page, '<U+001B>[31mred<U+0007> <U+202E>evil<U+2066> ab<U+0000> <U+E0041>');
    await reads(page, '<img src=x onerror="document.title=1">');
    await reads(page, '<U+202E>anna');
    await reads(page, '<i>no</i>');
    await page.locator('#topic', { hasText: '<u>t</u>' }).waitFor();
    expect(await page.locator('#entries :is(img, script, b, i, u)').count()).to.equal(0);
    expect(await page.title()).to.include('- chatty');
  });

  it('is bounded: long messages, long names, many of all', async () => {
    server.answers.Who = ({ ref }) => {
      for (let part = 0; part < 100; part++) {
        const users = Array.from({ length: 200 }, (_, index) => `${'n'.repeat(100)}${part}-${index}`);
        server.say({ Users: { ref, users, away: users, done: false } });
      }
      return { Users: { ref, users: [], away: [], done: true } };
    };
    const page = await browsers.open(server.url);
    await page.getByLabel('Your name').fill('carl');
    await page.keyboard.press('Enter');
    await page.locator('#people-more', { hasText: 'and ' }).waitFor();
    expect(await page.locator('#people-list li').count()).to.equal(500);
    server.say(memo('anna', 'long '.repeat(13_000), 11));
    server.say(memo('x'.repeat(100_000), 'a name', 12));
    await reads(page, 'a name');
    await page.getByRole('button', { name: 'Show all of it' }).click();
    expect((await page.locator('#entries .name').last().textContent())?.length).to.be.below(300);
    let seq = 13;
    for (let part = 0; part < 40; part++) {
      let lines = '';
      for (let number = 0; number < 100; number++)
        lines += `${JSON.stringify(memo('anna', `m ${seq}`, seq++))}\n`;
      server.say(lines);
    }
    await page.locator('#latest').click();
    await reads(page, `m ${seq - 1}`);
    server.say(memo('anna', 'the last one', seq));
    await reads(page, 'the last one');
    const rows = () => page.locator('#entries article').count();
    expect(await rows()).to.be.within(1400, 1550);
    for (let number = 0; number < 3000; number++)
      server.say({ Refused: { code: 'X', content: `no ${number}` } });
    await reads(page, 'no 2999');
    expect(await rows()).to.be.within(1400, 1550);
  });

  it('is nonsense: it is told so, and tried again', async () => {
    const page = await browsers.open(server.url);
    await enter(page, 'carl');
    server.say('this is no JSON\n');
    server.say('{"Strange":[[[[[[]]]]]]}\n');
    await reads(page, 'this chatty does not understand');
    server.say(`${'x'.repeat(200_000)}\n`);
    await until(() => server.lines.length > 1);
    server.lines.at(-1)?.send(Buffer.from([0, 1, 2]), { binary: true });
    await until(() => server.lines.length > 2);
    await until(async () => {
      server.say(memo('anna', 'well again', 20));
      return (await page.locator('#entries').getByText('well again').count()) === 1;
    });
  });

  it('is counted anew, from one: what was said is still there, and what is said too', async () => {
    const page = await browsers.open(server.url);
    await enter(page, 'carl');
    server.say(memo('anna', 'of the first history', 11));
    await reads(page, 'of the first history');
    server.welcome = { epoch: 'another', seq: 10, head: 10, gap: { from: 1 } };
    server.lines.at(-1)?.close();
    await reads(page, 'The server has started a new history');
    server.say(memo('anna', 'of the second', 11));
    await reads(page, 'of the second');
    await reads(page, 'of the first history');
  });

  it('is that its name is another one: nothing is signed', async () => {
    let proof: unknown;
    server.answers.Prove = body => {
      proof = body;
    };
    const page = await browsers.open(server.url);
    await enter(page, 'carl');
    server.say({ Challenge: { nonce: 'n', server: 'https://other.example' } });
    server.say({ Challenge: { nonce: 'n', server: server.url.slice(0, -1) } });
    server.say(memo('anna', 'after it', 20));
    await reads(page, 'after it');
    expect(proof).to.equal(undefined);
  });
});
