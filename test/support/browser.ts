import { existsSync } from 'node:fs';
import { expect } from 'chai';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { type StartedServer, startServer } from './server.js';
import { WireClient } from './wire-client.js';

/** Where Debian has it; elsewhere the environment says where it is. */
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** How long the page may take for anything, in milliseconds: below mocha's own, so that this one speaks. */
const PATIENCE_MS = 30_000;

/** One for all tests of a suite: a start takes a second. */
let launched: Promise<Browser> | undefined;

async function quit(): Promise<void> {
  const browser = await launched;
  launched = undefined;
  await browser?.close();
}

/** Skips the tests of a suite where there is no Chromium, and says so; where all of them have to pass, they fail. */
function needsBrowser(): void {
  before(function () {
    if (existsSync(CHROMIUM)) return;
    const sentence = `There is no Chromium at ${CHROMIUM}: the page is not tested. Install it, or set CHROMIUM.`;
    if (process.env.CI) throw new Error(sentence);
    process.stderr.write(`\n!!! ${sentence}\n`);
    this.skip();
  });
}

/** Browsers as people have them, each with a profile of its own, until they are closed. */
export class Browsers {
  /** For the tests of a suite: closed after each, of which none has done anything wrong in the page. */
  static forEach(): Browsers {
    needsBrowser();
    after(quit);
    const browsers = new Browsers();
    afterEach(async () => {
      await browsers.close();
      expect(browsers.faults.splice(0)).to.deep.equal([]);
    });
    return browsers;
  }

  readonly #closes: (() => Promise<void>)[] = [];
  /** What went wrong in the pages: nothing should. */
  readonly faults: string[] = [];

  /** A tab of a new browser. */
  async open(url: string, options: BrowserContextOptions = {}): Promise<Page> {
    launched ??= chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
    const context = await (await launched).newContext({ viewport: { width: 1000, height: 700 }, ...options });
    context.setDefaultTimeout(PATIENCE_MS);
    this.#closes.push(() => context.close());
    context.on('page', page => page.on('pageerror', error => this.faults.push(String(error.stack))));
    context.on('console', message => {
      if (/Content Security Policy|Refused to/i.test(message.text())) this.faults.push(message.text());
    });
    const page = await context.newPage();
    await page.goto(url);
    return page;
  }

  async close(): Promise<void> {
    await Promise.all(this.#closes.splice(0).map(close => close()));
  }
}

/** A server with the page, in memory, and somebody there who speaks the basic form. */
export class PageRoom {
  #server: StartedServer | undefined;
  #david: WireClient | undefined;

  static forEach(): PageRoom {
    const room = new PageRoom();
    beforeEach(async () => {
      room.#server = await startServer({ web: 0 });
      room.#david = await WireClient.joined(room.server.port, 'david');
    });
    afterEach(() => room.#server?.stop());
    return room;
  }

  get server(): StartedServer {
    return this.#server ?? expect.fail('not started');
  }

  get url(): string {
    return `http://127.0.0.1:${this.server.webPort}/`;
  }

  get david(): WireClient {
    return this.#david ?? expect.fail('not there');
  }
}

/** Gives a name, and waits until one is in the room. */
export async function enter(page: Page, name: string): Promise<void> {
  await page.getByLabel('Your name').fill(name);
  await page.getByRole('button', { name: 'Join', exact: true }).click();
  await page.getByLabel('Message', { exact: true }).waitFor();
  await page.locator('#people-list .own').first().waitFor();
}

export async function say(page: Page, text: string): Promise<void> {
  await page.getByLabel('Message', { exact: true }).fill(text);
  await page.getByRole('button', { name: 'Send' }).click();
}

/** Resolves when a text stands in the log, outside of what is not sent yet. */
export async function reads(page: Page, text: string): Promise<void> {
  await page.locator('#entries').getByText(text).first().waitFor();
}

/** What was said, in the order in which it stands there. */
export function said(page: Page): Promise<string[]> {
  return page.locator('#entries .message .text').allTextContents();
}
