import { expect } from 'chai';
import { CLIENT_SETTINGS, SENDER_SETTINGS } from '../../../../src/adapters/config/client-settings.js';
import { SERVER_SETTINGS } from '../../../../src/adapters/config/server-settings.js';
import { type SettingsTable, variableOf } from '../../../../src/adapters/config/setting.js';

/** Those that a server and its clients have in common, as the original has them. */
const COMMON = ['host', 'port'];

for (const [name, table] of Object.entries({ SERVER_SETTINGS, CLIENT_SETTINGS, SENDER_SETTINGS })) {
  const settings = Object.entries(table as SettingsTable);

  describe(`the table ${name}`, () => {
    it('has each flag and each variable once', () => {
      const flags = settings.flatMap(([, { flag, formerly }]) => [
        flag,
        ...(formerly ? [formerly.flag] : []),
      ]);
      expect(new Set(flags).size).to.equal(flags.length);
      expect(new Set(settings.map(([, setting]) => variableOf(setting))).size).to.equal(settings.length);
    });

    it('has defaults that it would take', () => {
      for (const [property, setting] of settings) {
        if (setting.kind === 'number' && setting.default !== undefined)
          expect(setting.default, property).to.be.within(setting.min, setting.max);
        if (setting.kind === 'choice' && setting.default !== undefined)
          expect(setting.choices, property).to.include(setting.default);
      }
    });

    it('names properties after flags, with the unit of a time at the end', () => {
      for (const [property, setting] of settings) {
        const unit = (setting.kind === 'number' && setting.unit) || '';
        const words = setting.flag.replaceAll(/-(\w)/g, (_, letter) => letter.toUpperCase());
        expect(property).to.equal(words.endsWith(unit) ? words : `${words}${unit}`);
      }
    });

    it('says what each is for, in a sentence', () => {
      for (const [property, { help }] of settings) expect(help, property).to.match(/^[A-Z].*\.$/);
    });
  });
}

describe('an environment variable', () => {
  it('belongs to the server or to the client', () => {
    const client = Object.values(CLIENT_SETTINGS).map(setting => variableOf(setting));
    const both = Object.entries(SERVER_SETTINGS).filter(([, setting]) =>
      client.includes(variableOf(setting)),
    );
    expect(both.map(([property]) => property)).to.deep.equal(COMMON);
  });
});
