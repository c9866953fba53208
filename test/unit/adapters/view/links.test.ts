import { expect } from 'chai';
import fc from 'fast-check';
import { splitLinks } from '../../../../src/adapters/view/links.js';
import { cpuMs } from '../../../support/cpu-time.js';

const addresses = (text: string) =>
  splitLinks(text).flatMap(({ text, href }) => (href === undefined ? [] : [text]));

describe('splitLinks', () => {
  it('finds the addresses of the web in a text, and nothing that only looks like one', () => {
    expect(splitLinks('see https://example.org/a, or http://b.example')).to.deep.equal([
      { text: 'see ' },
      { text: 'https://example.org/a', href: 'https://example.org/a' },
      { text: ', or ' },
      { text: 'http://b.example', href: 'http://b.example/' },
    ]);
    for (const text of [
      '',
      'no',
      'javascript:alert(1)',
      'ftp://a.b',
      'https://',
      'xhttps://a.b',
      'data:text/html,x',
    ])
      expect(addresses(text), text).to.deep.equal([]);
  });

  it('leaves to the sentence what belongs to it', () => {
    expect(
      addresses('(https://example.org/a_(b)) https://x.example/?q=1&r=[2]. "https://y.example"'),
    ).to.deep.equal(['https://example.org/a_(b)', 'https://x.example/?q=1&r=[2]', 'https://y.example']);
    expect(addresses('https://z.example/)))].,!')).to.deep.equal(['https://z.example/']);
  });

  it('gives an address in the form in which it is opened', () => {
    const [{ href } = expect.fail()] = splitLinks('https://EXAMPLE.org\u0430/ä');
    expect(href).to.match(/^https:\/\/[\x20-\x7e]+$/);
  });

  it('keeps every letter, takes nothing that is very long, and never many', () => {
    const word = fc.constantFrom('https://a.b/', '(', ')', '.', 'x', ' ', 'http://', '[', ']', 'ä');
    fc.assert(
      fc.property(fc.array(word, { maxLength: 40 }), words => {
        const text = words.join('');
        expect(
          splitLinks(text)
            .map(piece => piece.text)
            .join(''),
        ).to.equal(text);
      }),
    );
    expect(addresses(`https://a.b/${'x'.repeat(3000)}`)).to.deep.equal([]);
    expect(addresses('https://a.b '.repeat(5000)).length).to.be.below(150);
    const start = cpuMs();
    splitLinks(`https://${')'.repeat(64_000)}`);
    splitLinks('https://a.b/))))))) '.repeat(3000));
    expect(cpuMs() - start).to.be.below(1000);
  });

  it('says what a host is whose letters look like others', () => {
    const hosts = (text: string) => splitLinks(text).flatMap(({ host }) => host ?? []);
    expect(hosts('https://\u0430pple.com/x and https://\u0430\u0440\u0440\u04cf\u0435.com')).to.deep.equal([
      'xn--pple-43d.com',
      'xn--80ak6aa92e.com',
    ]);
    const plain =
      'https://m\u00fcller.de https://\u043f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444 https://a.b/\u0430 https://a.b?\u0430';
    expect(hosts(plain)).to.deep.equal([]);
  });
});
