import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Browser, chromium, type Page } from 'playwright-core';
import { ROOT } from '../test/support/cli.js';
import { startServer } from '../test/support/server.js';
import { WireClient } from '../test/support/wire-client.js';

// How soon somebody who opens the page can talk, and how smoothly they scroll through 10,000 messages.

const RUNS = 5;
const SLOWDOWN = 4;
const MESSAGES = 10_000;

/** Runs in the page: scrolls through the log from its end to its beginning and back; resolves to the longest frames, in ms. */
const SCROLL = `new Promise(resolve => {
  const log = document.getElementById('log');
  const frames = [];
  let last, step = -1;
  const next = now => {
    if (last !== undefined) frames.push(now - last);
    last = now;
    log.scrollTop += step * 600;
    if (log.scrollTop < 1) step = 1;
    if (step > 0 && log.scrollHeight - log.scrollTop - log.clientHeight < 1)
      resolve(frames.sort((one, other) => other - one).slice(0, 5));
    else requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
})`;

/** Runs in the page from its beginning: gives a name, says something, and notes when that is recorded, in ms. */
const TALK = `(() => {
  const when = (selector, act) => {
    const look = () => {
      const found = document.querySelector(selector);
      if (found === null) return setTimeout(look, 1);
      act(found);
    };
    look();
  };
  const enter = (field, text) => {
    field.value = text;
    field.form.requestSubmit();
  };
  when('#door-form:not(.busy) #door-name:focus', name => {
    enter(name, 'carl' + String(Math.random()).slice(2, 9));
    when('#room:not([hidden]) #people-list .own', () => {
      enter(document.querySelector('#text'), 'Hello');
      when('#entries .name.own', () => { window.recordedAt = performance.now(); });
    });
  });
})()`;

/** From the request for the page to the first own message that is recorded, in ms. */
async function firstMessage(browser: Browser, url: string, slowdown: number): Promise<number> {
  const page = await (await browser.newContext()).newPage();
  await slow(page, slowdown);
  await page.addInitScript(TALK);
  await page.goto(url);
  let ms = Number.NaN;
  while (Number.isNaN(ms)) {
    await new Promise(resolve => setTimeout(resolve, 100));
    ms = Number((await page.evaluate('window.recordedAt')) ?? Number.NaN);
  }
  await page.context().close();
  return ms;
}

async function slow(page: Page, rate: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate });
}

function middle(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

const server = await startServer({
  web: 0,
  messageRate: 1e6,
  messageBurst: 1e6,
  byteRate: 1e9,
  byteBurst: 1e9,
});
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
const say = (text: string) => process.stdout.write(`${text}\n`);
try {
  const url = `http://127.0.0.1:${server.webPort}/`;
  const html = readFileSync(join(ROOT, 'bundle/page.html'));
  say(`page: ${html.length} bytes, ${gzipSync(html, { level: 9 }).length} as it is sent`);
  for (const slowdown of [1, SLOWDOWN]) {
    const times: number[] = [];
    for (let run = 0; run < RUNS; run++) times.push(await firstMessage(browser, url, slowdown));
    say(
      `from the address to a recorded message, CPU slowed ${slowdown} times: ${Math.round(middle(times))} ms (${times.map(Math.round).join(', ')})`,
    );
  }
  const david = await WireClient.joined(server.port, 'david');
  for (let number = 1; number <= MESSAGES; number++)
    david.send('david', `message ${number}, of a length that is usual`);
  const page = await (await browser.newContext({ viewport: { width: 1000, height: 700 } })).newPage();
  await page.goto(url);
  await page.locator('#door-name').fill('anna');
  await page.keyboard.press('Enter');
  await page.getByText(`message ${MESSAGES},`).first().waitFor();
  const start = performance.now();
  const isWhole = () =>
    page.evaluate(`document.querySelectorAll('#entries article.message').length >= ${MESSAGES}`);
  while (!(await isWhole())) {
    await page.evaluate('document.getElementById("log").scrollTop = 0');
    await new Promise(resolve => setTimeout(resolve, 5));
  }
  say(`${MESSAGES} messages loaded by scrolling up in ${((performance.now() - start) / 1000).toFixed(1)} s`);
  for (const slowdown of [1, SLOWDOWN]) {
    await slow(page, slowdown);
    for (const pass of ['first', 'second']) {
      await page.evaluate('document.getElementById("log").scrollTop = 1e9');
      await new Promise(resolve => setTimeout(resolve, 1000)); // a leap is no scrolling
      const frames = (await page.evaluate(SCROLL)) as number[];
      say(
        `scrolled through and back, CPU slowed ${slowdown} times, ${pass} pass: longest frames ${frames.map(ms => ms.toFixed(1)).join(', ')} ms`,
      );
    }
  }
} finally {
  await browser.close();
  await server.stop();
}
