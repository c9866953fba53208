import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { Browsers, enter, PageRoom, reads, say } from '../support/browser.js';
import { until } from '../support/until.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds wrong: rules, and where. */
async function findings(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const { violations } = (await page.evaluate('axe.run(document)')) as AxeResults;
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
  );
}

describe('the page: for everybody', () => {
  const browsers = Browsers.forEach();
  const room = PageRoom.forEach();

  const phone = { viewport: { width: 320, height: 640 }, isMobile: true, hasTouch: true };
  for (const colorScheme of ['light', 'dark'] as const)
    for (const [screen, options] of Object.entries({ desktop: {}, phone }))
      it(`has no barrier that axe finds: ${screen}, ${colorScheme}`, async () => {
        const page = await browsers.open(room.url, { colorScheme, reducedMotion: 'reduce', ...options });
        expect(await findings(page)).to.deep.equal([]);
        await page.getByLabel('Your name').fill('david');
        await page.getByRole('button', { name: 'Join', exact: true }).click();
        await page.getByRole('alert').getByText('is taken').waitFor();
        expect(await findings(page)).to.deep.equal([]);
        await page.getByLabel('Your name').fill('carl');
        await page.getByRole('button', { name: 'Join', exact: true }).click();
        await reads(page, 'Warm Welcome');
        room.david.send('david', 'Hello carl, see https://example.org');
        room.david.send('david', '/me waves');
        await say(page, '/me waves');
        await say(page, 'Hello\nDavid');
        await say(page, '/help');
        await reads(page, 'find messages');
        expect(await findings(page)).to.deep.equal([]);
        if (screen === 'phone') {
          expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).to.equal(true);
          await page.getByRole('button', { name: 'people here' }).click();
          await page.locator('#people-list .own').first().waitFor();
          expect(await findings(page)).to.deep.equal([]);
          await page.getByRole('button', { name: 'Close' }).click();
        }
        await page.getByRole('button', { name: 'Search' }).click();
        await page.getByLabel('Search messages').fill('hello');
        await page.keyboard.press('Enter');
        await page.locator('.hit').first().waitFor();
        expect(await findings(page)).to.deep.equal([]);
        await page.keyboard.press('Escape');
        await page.getByLabel('Message', { exact: true }).fill('@');
        await page.getByRole('option').first().waitFor();
        expect(await findings(page)).to.deep.equal([]);
        await page.getByLabel('Message', { exact: true }).fill('');
        await page.locator('article .name', { hasText: 'david' }).first().click();
        await page.getByRole('menu').waitFor();
        expect(await findings(page)).to.deep.equal([]);
        await page.keyboard.press('Escape');
        room.server.room.userNamed('carl')?.session.hangUp();
        await page.locator('#line, #over').first().waitFor({ state: 'attached' });
        expect(await findings(page)).to.deep.equal([]);
      });

  it('lets people in on a phone on its side, and says without scripts that it cannot', async () => {
    const low = { viewport: { width: 568, height: 320 }, isMobile: true, hasTouch: true };
    const page = await browsers.open(room.url, low);
    const { y = 0, height = 0 } =
      (await page.getByRole('button', { name: 'Join', exact: true }).boundingBox()) ?? {};
    expect(y).to.be.above(0);
    expect(y + height).to.be.below(320);
    const plain = await browsers.open(room.url, { javaScriptEnabled: false });
    await plain.locator('.noscript', { hasText: 'This room needs JavaScript' }).waitFor();
    expect(await plain.locator('#door').isVisible()).to.equal(false);
  });

  it('can be used with the keyboard alone', async () => {
    const page = await browsers.open(room.url);
    await page.keyboard.type('carl');
    await page.keyboard.press('Enter');
    await page.locator('#people-list .own').first().waitFor();
    room.david.send('david', 'first');
    room.david.send('david', 'second');
    await reads(page, 'second');
    await page.keyboard.type('Hello');
    await page.keyboard.press('Enter');
    await reads(page, 'Hello');
    const focused = () => page.evaluate('document.activeElement.textContent') as Promise<string>;
    await page.keyboard.press('Shift+Tab'); // the log is before the field
    await page.keyboard.press('ArrowUp');
    expect(await focused()).to.include('Hello');
    await page.keyboard.press('ArrowUp');
    expect(await focused()).to.include('second');
    await page.keyboard.press('Enter');
    expect(await focused()).to.equal('Mention');
    await page.keyboard.press('ArrowDown');
    expect(await focused()).to.equal('Copy text');
    await page.keyboard.press('Escape');
    expect(await focused()).to.include('second');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await until(async () => (await page.getByLabel('Message', { exact: true }).inputValue()) === 'david: ');
    await page.keyboard.press('Control+k');
    await page.keyboard.type('first');
    await page.keyboard.press('Enter');
    await page.locator('.hit').waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await until(async () => (await focused()).includes('first'));
    await page.keyboard.press('Control+/');
    await page.keyboard.press('End');
    await page.keyboard.type('and @dav');
    await page.keyboard.press('Tab');
    expect(await page.getByLabel('Message', { exact: true }).inputValue()).to.equal('david: and @david ');
    await page.keyboard.press('Tab');
    expect(await focused()).to.equal('Send');
  });

  it('does not flood those who hear it', async () => {
    const page = await browsers.open(room.url);
    await enter(page, 'carl');
    await page.evaluate(
      'window.heard = []; new MutationObserver(() => heard.push(announcer.textContent)).observe(announcer, { childList: true })',
    );
    const heard = () => page.evaluate('heard') as Promise<string[]>;
    room.david.send('david', 'one by itself');
    await until(async () => (await heard()).some(text => text.includes('david: one by itself')));
    for (let number = 1; number <= 100; number++)
      room.david.send('david', number === 50 ? 'carl!' : `message ${number}`);
    await reads(page, 'message 100');
    await until(async () => (await heard()).some(text => text.includes('message 100')));
    const after = (await heard()).filter(text => text.includes('message'));
    expect(after.length).to.be.at.most(3);
    expect(after.join(' ')).to.match(/\d+ new messages, 1 of them to you\. The last one: david: message/);
    expect(await page.getByRole('log').getAttribute('aria-live')).to.equal('off');
  });
});
