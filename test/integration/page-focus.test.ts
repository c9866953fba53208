import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { Browsers, enter, PageRoom, reads, say } from '../support/browser.js';
import { FlakyProxy } from '../support/flaky-proxy.js';
import { until } from '../support/until.js';
import { WireClient } from '../support/wire-client.js';

/** What has the focus: its id, or its text. */
function focused(page: Page): Promise<string> {
  return page.evaluate('document.activeElement.id || document.activeElement.textContent') as Promise<string>;
}

describe('the page: the focus', () => {
  const browsers = Browsers.forEach();
  const room = PageRoom.forEach();

  it('stays at somebody while others come and go, and goes to the list when they leave', async () => {
    const page = await browsers.open(room.url);
    await enter(page, 'carl');
    const david = page.locator('#people-list .name', { hasText: 'david' });
    await david.focus();
    const anna = await WireClient.joined(room.server.port, 'anna');
    await page.locator('#people-list .name', { hasText: 'anna' }).waitFor();
    expect(await focused(page)).to.equal('david');
    await page.keyboard.press('Enter');
    await page.getByRole('menu').waitFor();
    anna.leave('anna');
    await page.locator('#people-list .name', { hasText: 'anna' }).waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
    await until(async () => (await focused(page)) === 'david');
    await page.keyboard.press('Enter');
    room.david.leave('david');
    await david.waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
    await until(async () => (await focused(page)) === 'people');
  });

  it('goes to the newest message with the End key, and is never lost when rows go', async () => {
    for (let number = 1; number <= 500; number++) room.david.send('david', `number ${number}`);
    const page = await browsers.open(room.url);
    await enter(page, 'carl');
    await reads(page, 'number 500');
    room.david.send('david', 'tall\n'.repeat(40));
    await page.getByRole('button', { name: 'Show all of it' }).press('Enter');
    expect(await focused(page)).to.include('tall');
    await page.keyboard.press('Control+k');
    await page.getByLabel('Search messages').fill('"number 7"');
    await page.keyboard.press('Enter');
    await page.locator('.hit').last().press('Enter');
    await page.locator('article:focus', { hasText: 'number 7' }).waitFor();
    await page.keyboard.press('End');
    await until(async () => (await focused(page)).includes('tall'));
  });

  it('is at the name when there is none, and at the messages after “Try now”', async () => {
    const [proxy, port] = await FlakyProxy.start(() => 0);
    proxy.target = room.server.webPort;
    const page = await browsers.open(`http://127.0.0.1:${port}/`);
    await page.getByRole('button', { name: 'Join', exact: true }).click();
    await page.getByRole('alert').getByText('Say who you are').waitFor();
    expect(await focused(page)).to.equal('door-name');
    await enter(page, 'carl');
    proxy.target = undefined;
    proxy.cut();
    const now = page.getByRole('button', { name: 'Try now' });
    await now.waitFor({ timeout: 30_000 });
    await now.focus();
    proxy.target = room.server.webPort;
    await page.keyboard.press('Enter');
    await now.waitFor({ state: 'hidden' });
    await until(async () => (await focused(page)) === 'log');
    await proxy.stop();
  });

  it('stays in the field: only commands that the page has are offered, and each is answered', async () => {
    const page = await browsers.open(room.url);
    await enter(page, 'carl');
    await page.getByLabel('Message', { exact: true }).fill('/');
    await page.getByRole('option').first().waitFor();
    const offered = await page.getByRole('option').allTextContents();
    expect(offered).to.include('/search').and.not.include('/expand').and.not.include('/send');
    await say(page, '/reconnect');
    await page.locator('#hint').getByText('connect').waitFor();
  });
});
