import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { TOKENS } from '../src/container/tokens.js';
import { ROOT } from '../test/support/cli.js';
import { TestKey } from '../test/support/keys.js';
import { startServer } from '../test/support/server.js';
import { Stranger } from '../test/support/stranger.js';

// Takes the pictures of docs/browser.md, in docs/screenshots: the page on a desktop and on a phone, light and dark.

const OUT = join(ROOT, 'docs/screenshots');
const PLACE = 'http://chat.example.org';

const DESKTOP = { viewport: { width: 960, height: 600 } };
const PHONE = {
  viewport: { width: 360, height: 700 },
  deviceScaleFactor: 1.25,
  isMobile: true,
  hasTouch: true,
};

const SAID: readonly (readonly [who: string, text: string, kind?: 'action'])[] = [
  ['anna', 'The new build is up: https://builds.example.org/2.0-rc3'],
  ['bo', 'Nice. Did the tests pass on ARM?'],
  ['anna', 'All green. carl, can you look at the notes?'],
  ['نور', 'مرحبا، كل شيء يعمل هنا أيضا'],
  ['bo', 'brings cake', 'action'],
];

const server = await startServer({ web: 0, webOrigins: PLACE });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    `--host-resolver-rules=MAP chat.example.org:80 127.0.0.1:${server.webPort}`,
    `--unsafely-treat-insecure-origin-as-secure=${PLACE}`,
  ],
});

async function open(options: BrowserContextOptions): Promise<Page> {
  const page = await (await browser.newContext({ reducedMotion: 'reduce', ...options })).newPage();
  await page.goto(PLACE);
  return page;
}

async function enter(page: Page, name: string): Promise<void> {
  await page.getByLabel('Your name').fill(name);
  await page.getByRole('button', { name: 'Join', exact: true }).click();
  await page.locator('#entries article').first().waitFor();
}

async function say(page: Page, text: string): Promise<void> {
  await page.getByLabel('Message', { exact: true }).fill(text);
  await page.getByRole('button', { name: 'Send' }).click();
}

async function take(page: Page, name: string): Promise<void> {
  await new Promise(resolve => setTimeout(resolve, 1500)); // comings are told after a second
  await page.screenshot({ path: join(OUT, `${name}.png`) });
}

mkdirSync(OUT, { recursive: true });
try {
  const people = new Map<string, Stranger>();
  for (const name of ['anna', 'bo', 'نور']) {
    const one = await Stranger.connect(server.port);
    await one.join(name, new TestKey());
    people.set(name, one);
  }
  const door = await open({ ...PHONE, colorScheme: 'light' });
  await take(door, 'door');
  const desktop = await open({ ...DESKTOP, colorScheme: 'light' });
  await enter(desktop, 'carl');
  await say(desktop, `/operator ${server.container.get(TOKENS.ModerateRoom).token}`);
  await say(desktop, '/topic Release 2.0 on Thursday');
  for (const [who, content, kind] of SAID) {
    people.get(who)?.say('Send', { content, ...(kind && { kind }) });
    await desktop.locator('#entries').getByText(content.slice(0, 12)).first().waitFor();
  }
  await say(desktop, 'Then it is Thursday.\nI write the notes.');
  await take(desktop, 'desktop-light');
  const phone = await open({ ...PHONE, colorScheme: 'dark' });
  await enter(phone, 'dina');
  await take(phone, 'phone-dark');
  await phone.getByRole('button', { name: 'people here' }).click();
  await take(phone, 'phone-people');
  await desktop.emulateMedia({ colorScheme: 'dark' });
  await desktop.keyboard.press('Control+k');
  await desktop.keyboard.type('build');
  await desktop.keyboard.press('Enter');
  await desktop.locator('.hit').first().waitFor();
  await take(desktop, 'desktop-dark');
} finally {
  await browser.close();
  await server.stop();
}
