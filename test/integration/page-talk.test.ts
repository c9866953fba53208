import { expect } from 'chai';
import { Browsers, enter, PageRoom, reads, said, say } from '../support/browser.js';
import { Program } from '../support/cli.js';
import { until } from '../support/until.js';
import { WireClient } from '../support/wire-client.js';

/** What the tests look at in the page. */
interface Link {
  readonly href: string;
  readonly rel: string;
}
interface Scroller {
  readonly scrollTop: number;
  readonly scrollHeight: number;
  readonly clientHeight: number;
  scrollTo(x: number, y: number): void;
}

/** How far it is to the end, in pixels. */
const below = (scroller: Scroller) => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight;

describe('the page: talking', () => {
  const browsers = Browsers.forEach();
  const room = PageRoom.forEach();

  it('comes in one answer, and asks nobody else for anything', async () => {
    const page = await browsers.open('about:blank');
    const asked: string[] = [];
    page.on('request', request => asked.push(request.url()));
    await page.goto(room.url);
    await enter(page, 'carl');
    await say(page, 'Hello');
    await reads(page, 'Hello');
    expect(asked.filter(one => !one.startsWith('data:'))).to.deep.equal([room.url]);
  });

  it('talks with somebody at a terminal', async () => {
    const page = await browsers.open(room.url);
    const anna = Program.client(room.server.port, ['anna'], { CHATTY_KEY: 'own' });
    try {
      await anna.says('Warm Welcome');
      await enter(page, 'carl');
      await anna.says('carl');
      anna.type('send Hello from a terminal\nme waves\n');
      await reads(page, 'Hello from a terminal');
      await reads(page, 'waves');
      const message = page.locator('article', { hasText: 'Hello from a terminal' });
      expect(await message.locator('.verified').count()).to.equal(1);
      await page.getByLabel('Message', { exact: true }).fill('two');
      await page.keyboard.press('Shift+Enter');
      await page.keyboard.type('lines');
      await page.keyboard.press('Enter');
      await anna.says('carl✓: two\n    lines');
      await say(page, '/me bows');
      await anna.says('* carl✓ bows');
      await reads(page, 'bows');
      expect(await page.locator('#own article').count()).to.equal(0);
    } finally {
      await anna.kill();
    }
  });

  it('shows who is here, as they come and go', async () => {
    const page = await browsers.open(room.url);
    await enter(page, 'carl');
    const names = () => page.locator('#people-list .name').allTextContents();
    expect(await names()).to.deep.equal(['carl', 'david']);
    const amy = await WireClient.joined(room.server.port, 'amy');
    await reads(page, 'amy joined');
    await until(async () => (await names()).includes('amy'));
    expect(await page.locator('#count').textContent()).to.equal('3');
    amy.leave('amy');
    await until(async () => (await page.locator('#count').textContent()) === '2');
  });

  it('marks who is spoken to, counts in the title what is missed, and leads to where it begins', async () => {
    const page = await browsers.open(room.url);
    await enter(page, 'carl');
    room.david.send('david', 'Is carl there?');
    await page.locator('article.mention mark', { hasText: 'carl' }).waitFor();
    expect(await page.title()).to.match(/^127\.0\.0\.1:\d+ - chatty$/);
    await page.evaluate('document.hasFocus = () => false; dispatchEvent(new Event("blur"))');
    room.david.send('david', 'one');
    room.david.send('david', 'carl?');
    await until(async () => (await page.title()).startsWith('(2!) '));
    await page.evaluate('document.hasFocus = () => true; dispatchEvent(new Event("focus"))');
    expect(await page.title()).to.not.include('(');
  });

  it('says that the bell is off where the browser lets no page notify', async () => {
    const page = await browsers.open(room.url);
    await page.evaluate(`Notification = class {
      static permission = 'granted';
      static requestPermission = async () => 'granted';
      constructor() { throw new TypeError('Illegal constructor'); }
    }`);
    await enter(page, 'carl');
    const bell = page.locator('#bell');
    await bell.click();
    await until(async () => (await bell.getAttribute('aria-pressed')) === 'true');
    await page.evaluate('document.hasFocus = () => false');
    room.david.send('david', 'carl?');
    await page.getByText('Your browser notifies of installed apps only.').first().waitFor();
    expect(await bell.getAttribute('aria-pressed')).to.equal('false');
  });

  it('opens addresses of the web, and nothing else', async () => {
    const page = await browsers.open(room.url);
    await enter(page, 'carl');
    room.david.send(
      'david',
      'https://example.org/a?b=(c) javascript:alert(1) <a href="https://x.example">x</a>',
    );
    await reads(page, 'javascript:alert(1)');
    const links = page.locator('#entries a');
    expect(await links.evaluateAll(all => all.map((link: Link) => [link.href, link.rel]))).to.deep.equal([
      ['https://example.org/a?b=(c)', 'noopener noreferrer nofollow'],
      ['https://x.example/', 'noopener noreferrer nofollow'],
    ]);
  });

  it('goes back in what was said, as far as it is kept, and what is read stays where it is', async () => {
    for (let number = 1; number <= 400; number++) room.david.send('david', `message ${number}`);
    const page = await browsers.open(room.url);
    await enter(page, 'carl');
    await reads(page, 'message 400');
    const log = page.locator('#log');
    await until(async () => {
      await log.evaluate((scroller: Scroller) => scroller.scrollTo(0, 0));
      return (await page.locator('#entries').getByText('message 1', { exact: true }).count()) > 0;
    });
    const all = (await said(page)).filter(text => text.startsWith('message '));
    expect(all).to.deep.equal(Array.from({ length: 400 }, (_, index) => `message ${index + 1}`));
    const row = page.locator('article', { hasText: /^.*message 20$/ }).first();
    await row.scrollIntoViewIfNeeded();
    const before = await row.boundingBox();
    room.david.send('david', 'something new');
    await reads(page, 'something new');
    expect((await row.boundingBox())?.y).to.be.closeTo(before?.y ?? Number.NaN, 2);
    await page.getByRole('button', { name: '1 new message' }).click();
    await until(async () => (await log.evaluate(below)) < 1);
  });

  it('finds what was said, and leads there, from far away and back', async () => {
    room.david.send('david', 'a needle in the hay');
    for (let number = 1; number <= 300; number++) room.david.send('david', `hay ${number}`);
    const page = await browsers.open(room.url);
    await enter(page, 'carl');
    await page.keyboard.press('Control+k');
    await page.keyboard.type('needle');
    await page.keyboard.press('Enter');
    await page.locator('.hit mark', { hasText: 'needle' }).waitFor();
    expect(await page.locator('#search-state').textContent()).to.equal('1 message');
    await page.locator('.hit').click();
    await page.locator('#entries article', { hasText: 'a needle in the hay' }).waitFor();
    room.david.send('david', 'said meanwhile');
    await page.locator('#latest', { hasText: '1 new message' }).click();
    await reads(page, 'said meanwhile');
    await say(page, '/search nothing-like-that');
    await page.locator('#search-state', { hasText: 'Nothing was found.' }).waitFor();
  });
});
