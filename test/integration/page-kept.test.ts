import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { Browsers, enter, reads, say } from '../support/browser.js';
import { ROOT } from '../support/cli.js';
import { memo, PageStandIn } from '../support/page-stand-in.js';
import { until } from '../support/until.js';

describe('the page: what it keeps', () => {
  const browsers = Browsers.forEach();
  let server: PageStandIn;

  beforeEach(async () => {
    server = await PageStandIn.start();
  });
  afterEach(() => server.stop());

  it('is what was refused, in the field or, where something else is typed, among the messages', async () => {
    const page = await browsers.open(server.url);
    await enter(page, 'carl');
    const field = page.getByLabel('Message', { exact: true });
    const refs: unknown[] = [];
    server.answers.Send = ({ ref }) => void refs.push(ref);
    const refuse = async () => {
      await until(() => refs.length > 0);
      server.say({ Refused: { ref: refs.shift(), code: 'MUTED', content: 'You are muted.' } });
      await page.locator('#own article').waitFor({ state: 'detached' });
    };
    await say(page, 'the first');
    await refuse();
    expect(await field.inputValue()).to.equal('the first');
    await say(page, 'the second, <b>of\ntwo lines');
    await field.fill('another one');
    await refuse();
    await reads(page, 'You are muted. the second, <b>of two lines');
    expect(await field.inputValue()).to.equal('another one');
  });

  it('is nothing of a message that was deleted, in a search either', async () => {
    server.answers.Search = ({ ref }) => {
      server.say({ Found: { ref, done: true, memos: [memo('anna', 'a secret word', 11).Broadcast] } });
    };
    const page = await browsers.open(server.url);
    await enter(page, 'carl');
    server.say(memo('anna', 'a secret word', 11));
    await reads(page, 'a secret word');
    await page.keyboard.press('Control+k');
    await page.getByLabel('Search messages').fill('secret');
    await page.keyboard.press('Enter');
    await page.locator('.hit', { hasText: 'a secret word' }).waitFor();
    const change = { type: 'deleted', by: 'anna', target: 11, author: 'anna' };
    server.say(memo('chatty', 'anna deleted a message', 12, { kind: 'notice', change }));
    await page.locator('.hit', { hasText: 'deleted' }).waitFor();
    expect(await page.locator('#room').textContent()).to.not.include('secret word');
  });

  it('is of one room: another one behind the same host has its own', async () => {
    const page = await browsers.open(`${server.url}one/`);
    await enter(page, 'carl');
    await page.locator('#place', { hasText: '/one' }).waitFor();
    await say(page, 'for the first room'); // is never confirmed here
    await page.locator('#own').getByText('for the first room').waitFor();
    await page.goto(`${server.url}two/`);
    expect(await page.getByLabel('Your name').inputValue()).to.equal('');
    await enter(page, 'carl');
    expect(await page.locator('#own article').count()).to.equal(0);
    await page.goto(`${server.url}one/`);
    await page.locator('#own').getByText('for the first room').waitFor();
  });
});

describe('the page: its size', () => {
  it('is 60 KB at most as it is sent', () => {
    expect(gzipSync(readFileSync(join(ROOT, 'bundle/page.html'))).length).to.be.below(60_000);
  });
});
