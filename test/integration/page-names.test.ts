import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { TOKENS } from '../../src/container/tokens.js';
import { Browsers, enter, PageRoom, reads, say } from '../support/browser.js';
import { until } from '../support/until.js';

const CODE = /\/key add ([0-9A-Z]{5}-[0-9A-Z]{5})/;

describe('the page: names and order', () => {
  const browsers = Browsers.forEach();
  const room = PageRoom.forEach();

  const token = () => room.server.container.get(TOKENS.ModerateRoom).token;
  const problem = (page: Page) => page.getByRole('alert');
  const ask = async (page: Page, name: string) => {
    await page.getByLabel('Your name').fill(name);
    await page.getByRole('button', { name: 'Join', exact: true }).click();
  };

  it('says beside the field why a name cannot be had, and lets another one be given', async () => {
    const page = await browsers.open(room.url);
    await ask(page, 'david');
    await problem(page).getByText('The name david is taken.').waitFor();
    await ask(page, 'x'.repeat(40));
    await problem(page).getByText('40 characters').waitFor();
    await ask(page, 'two words');
    await problem(page).getByText('no white space').waitFor();
    await page.getByLabel('Your name').fill('');
    await page.keyboard.press('Enter');
    await problem(page).getByText('Say who you are').waitFor();
    await enter(page, 'carl');
  });

  it('remembers who somebody is, and proves it with a key that nobody can take out', async () => {
    const page = await browsers.open(room.url);
    await enter(page, 'carl');
    await say(page, '/key');
    await reads(page, 'carl is yours. Its key: SHA256:');
    const isKept = await page.evaluate(`new Promise(resolve => {
      indexedDB.open('chatty').onsuccess = ({ target }) => {
        target.result.transaction('keys').objectStore('keys').get('own').onsuccess = found =>
          resolve(found.target.result.privateKey.extractable === false);
      };
    })`);
    expect(isKept).to.equal(true);
    await page.locator('#leave').click();
    await page.getByLabel('Your name').waitFor();
    expect(await page.getByLabel('Your name').inputValue()).to.equal('carl');
    await enter(page, 'carl');
    expect(await page.locator('#people-list .verified').count()).to.equal(1);
  });

  it('shows a code to who has another key, by which the owner lets it in', async () => {
    const owner = await browsers.open(room.url);
    await enter(owner, 'carl');
    const other = await browsers.open(room.url);
    await ask(other, 'carl');
    await problem(other).getByText('belongs to somebody').waitFor();
    const [, code = ''] = CODE.exec((await other.locator('#door-code').textContent()) ?? '') ?? [];
    expect(code).to.match(/^\w{5}-\w{5}$/);
    await say(owner, '/key add 00000-00000');
    await reads(owner, 'No key with this code');
    await say(owner, `/key add ${code.toLowerCase()}`);
    await reads(owner, 'Its keys: SHA256:');
    await say(owner, '/leave');
    await owner.getByLabel('Your name').waitFor();
    await enter(other, 'carl');
    expect(await other.locator('#people-list .verified').count()).to.equal(1);
  });

  it('says once that a browser has no key, and lets in all the same', async () => {
    const page = await browsers.open('about:blank');
    await page.addInitScript('SubtleCrypto.prototype.generateKey = async () => { throw new Error("no"); }');
    await page.goto(room.url);
    await enter(page, 'carl');
    await reads(page, 'Your browser keeps no key');
    expect(await page.locator('#people-list .verified').count()).to.equal(0);
    await page.reload();
    await page.locator('#people-list .own').first().waitFor();
    expect(await page.getByText('Your browser keeps no key').count()).to.equal(0);
  });

  it('gives operators, and nobody else, what keeps order', async () => {
    const page = await browsers.open(room.url);
    await enter(page, 'carl');
    room.david.send('david', 'spam');
    await reads(page, 'spam');
    const row = page.locator('article', { hasText: 'spam' });
    const menu = page.getByRole('menu');
    await row.hover();
    await page.getByRole('button', { name: 'What can be done' }).click();
    await menu.getByText('Mention').waitFor();
    await page.keyboard.press('Escape');
    expect(await menu.getByText('Delete message').count()).to.equal(0);
    await say(page, `/operator ${token()}`);
    await reads(page, 'carl is an operator.');
    await row.hover();
    await page.getByRole('button', { name: 'What can be done' }).click();
    await menu.getByText('Delete message').click();
    await menu.getByText('Delete message: sure?').click();
    await reads(page, 'carl has deleted a message of david.');
    expect(await page.getByText('spam', { exact: true }).count()).to.equal(0);
    await page.locator('#people-list .name', { hasText: 'david' }).click();
    await menu.getByText('Kick…').click();
    const field = page.getByLabel('Message', { exact: true });
    expect(await field.inputValue()).to.equal('/kick david ');
    await page.keyboard.type('enough');
    await page.keyboard.press('Enter');
    await room.david.closed;
    await reads(page, 'carl has kicked david: enough');
  });

  it('tells somebody who is shown out by whom and why, and lets them try again', async () => {
    const page = await browsers.open(room.url);
    await enter(page, 'carl');
    const other = await browsers.open(room.url);
    await enter(other, 'emil');
    await say(page, `/operator ${token()}`);
    await reads(page, 'carl is an operator.');
    await say(page, '/topic Tea at four');
    await other.locator('#topic', { hasText: 'Tea at four' }).waitFor();
    await say(page, '/ban emil 1h too loud');
    const dialog = other.getByRole('dialog');
    await dialog.getByText('You are banned from this room by carl').waitFor();
    await dialog.getByText('too loud').waitFor();
    await dialog.getByRole('button', { name: 'Try again' }).click();
    await dialog.getByText('You are banned').waitFor();
    await dialog.getByRole('button', { name: 'Another name' }).click();
    await other.getByLabel('Your name').fill('emil');
    await other.getByRole('button', { name: 'Join', exact: true }).click();
    await dialog.getByText('You are banned').waitFor();
    expect(await dialog.getByRole('button', { name: 'Another name' }).isVisible()).to.equal(false);
    await dialog.getByRole('button', { name: 'Try again' }).click();
    await say(page, '/unban emil');
    await reads(page, 'Lifted');
    await enter(other, 'emil');
    await other.locator('#topic', { hasText: 'Tea at four' }).waitFor();
    await until(async () => !(await dialog.isVisible()));
  });
});
