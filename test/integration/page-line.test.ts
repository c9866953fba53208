import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { Browsers, enter, PageRoom, reads, said, say } from '../support/browser.js';
import { Program } from '../support/cli.js';
import { FlakyProxy } from '../support/flaky-proxy.js';
import { until } from '../support/until.js';

describe('the page: its line', () => {
  const browsers = Browsers.forEach();
  const room = PageRoom.forEach();
  let proxy: FlakyProxy;
  let url: string;

  beforeEach(async () => {
    const [line, port] = await FlakyProxy.start(() => 0);
    proxy = line;
    proxy.target = room.server.webPort;
    url = `http://127.0.0.1:${port}/`;
  });
  afterEach(() => proxy.stop());

  const away = (page: Page) => page.locator('#line.bad').waitFor();
  const comings = () =>
    room.david.lines.filter(line => /"carl","content":"(?:Joined|Left)"/.test(line)).length;

  it('comes back by itself when it was cut, and nothing is lost, and nothing there twice', async () => {
    const page = await browsers.open(url);
    await enter(page, 'carl');
    await say(page, 'before');
    await reads(page, 'before');
    proxy.target = undefined;
    proxy.cut();
    await away(page);
    room.david.send('david', 'said meanwhile');
    await say(page, 'typed meanwhile');
    await page.locator('#own article', { hasText: 'typed meanwhile' }).waitFor();
    expect(await said(page)).to.deep.equal(['before']);
    proxy.target = room.server.webPort;
    await reads(page, 'typed meanwhile');
    expect(await said(page)).to.deep.equal(['before', 'said meanwhile', 'typed meanwhile']);
    await page.locator('.rule.new', { hasText: 'new while you were away' }).waitFor();
    expect(room.david.lines.filter(line => line.includes('typed meanwhile'))).to.have.length(1);
    expect(comings()).to.equal(1);
  });

  it('comes back at once when somebody wants it to, or looks at it again', async () => {
    const page = await browsers.open(url);
    await enter(page, 'carl');
    proxy.target = undefined;
    proxy.cut();
    const now = page.getByRole('button', { name: 'Try now' });
    await now.waitFor({ timeout: 30_000 });
    proxy.target = room.server.webPort;
    await now.click();
    await page.locator('#line', { hasText: 'You are back.' }).waitFor();
    proxy.target = undefined;
    proxy.cut();
    await now.waitFor({ timeout: 30_000 });
    proxy.target = room.server.webPort;
    await page.evaluate('document.dispatchEvent(new Event("visibilitychange"))');
    await page.locator('#line', { hasText: 'You are back.' }).waitFor();
  });

  it('says nothing of a restart that the server has announced, unless it takes long', async () => {
    const page = await browsers.open(url);
    await enter(page, 'carl');
    await room.server.stop();
    await new Promise(resolve => setTimeout(resolve, 1500));
    expect(await page.locator('#line').isVisible()).to.equal(false);
    await page.locator('#line.bad', { hasText: 'Trying again' }).waitFor({ timeout: 30_000 });
  });

  it('finds out after a sleep that its line is dead', async () => {
    const page = await browsers.open(url);
    await enter(page, 'carl');
    // Nothing arrives any more, and nobody is told.
    proxy.faults = { calmMs: 0, kinds: ['drop'] };
    await page.evaluate('document.dispatchEvent(new Event("visibilitychange"))');
    room.david.send('david', 'are you awake?');
    proxy.faults = undefined;
    await reads(page, 'are you awake?');
    expect(comings()).to.equal(1);
  });

  it('goes on where it was when the page is loaded again, with what was typed', async () => {
    const page = await browsers.open(url);
    await enter(page, 'carl');
    await say(page, 'before');
    await reads(page, 'before');
    room.david.send('david', 'an answer');
    await reads(page, 'an answer');
    await page.getByLabel('Message', { exact: true }).fill('half a sen');
    await page.reload();
    await reads(page, 'an answer');
    expect(await said(page)).to.deep.equal(['before', 'an answer']);
    expect(await page.getByLabel('Message', { exact: true }).inputValue()).to.equal('half a sen');
    expect(comings()).to.equal(1);
  });

  it('sends once what was not sent when the page was loaded again', async () => {
    const page = await browsers.open(url);
    await enter(page, 'carl');
    proxy.target = undefined;
    proxy.cut();
    await away(page);
    await say(page, 'not yet sent');
    await page.locator('#own article', { hasText: 'not yet sent' }).waitFor();
    proxy.target = room.server.webPort;
    await page.reload();
    await reads(page, 'not yet sent');
    expect(await said(page)).to.deep.equal(['not yet sent']);
    expect(await page.locator('#own article').count()).to.equal(0);
    expect(room.david.lines.filter(line => line.includes('not yet sent'))).to.have.length(1);
  });

  it('is taken over by a copy of the tab, and given back', async () => {
    const page = await browsers.open(url);
    await enter(page, 'carl');
    await say(page, 'one');
    await reads(page, 'one');
    const [copy] = await Promise.all([
      page.context().waitForEvent('page'),
      page.evaluate('void open(location.href)'),
    ]);
    await reads(copy, 'one');
    const dialog = page.getByRole('dialog').getByText('You are in another tab');
    await dialog.waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await dialog.waitFor();
    await say(copy, 'two');
    await reads(copy, 'two');
    await page.getByRole('button', { name: 'Continue here' }).click();
    await reads(page, 'two');
    await copy.getByRole('dialog').getByText('You are in another tab').waitFor();
    expect(comings()).to.equal(1);
  });

  it('is asked for by a second tab, and given when that is wanted', async () => {
    const page = await browsers.open(url);
    await enter(page, 'carl');
    await say(page, 'one');
    const second = await page.context().newPage();
    await second.goto(url);
    await second.getByLabel('Your name').fill('carl');
    await second.getByRole('button', { name: 'Join', exact: true }).click();
    await second.getByText('You are here as carl already, in another tab').waitFor();
    await second.getByRole('button', { name: 'Continue here' }).click();
    await reads(second, 'one');
    await page.getByRole('dialog').getByText('You are in another tab').waitFor();
    expect(comings()).to.equal(1);
  });

  it('goes on when the server is started anew', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'chatty-page-'));
    const start = () => Program.server(['--web', '0', '--data-dir', folder, '--log-level', 'silent']);
    const webPort = (server: Program) => Number(/http:\/\/localhost:(\d+)/.exec(server.stdout)?.[1]);
    let [server] = await start();
    try {
      await until(() => webPort(server) > 0);
      proxy.target = webPort(server);
      const page = await browsers.open(url);
      await enter(page, 'carl');
      await say(page, 'before');
      await reads(page, 'before');
      await server.kill();
      await away(page);
      await say(page, 'typed meanwhile');
      [server] = await start();
      await until(() => webPort(server) > 0);
      proxy.target = webPort(server);
      await reads(page, 'typed meanwhile');
      expect(await said(page)).to.deep.equal(['before', 'typed meanwhile']);
    } finally {
      await server.kill();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
