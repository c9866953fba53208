import { hostname } from 'node:os';
import { ContainerModule } from 'inversify';
import { CLIENT_SETTINGS } from '../adapters/config/client-settings.js';
import { parseServerName } from '../adapters/config/server-name.js';
import type { ExitMessage } from '../adapters/terminal/end-text.js';
import type { UnreadLine } from '../adapters/terminal/sent-text.js';
import type { Said } from './remote-tokens.js';
import { TOKENS } from './tokens.js';

/** What people see whose terminal is elsewhere. */
export const remoteScreens = new ContainerModule(async ({ bind }) => {
  const [view, ends, sent, piped, { visible }] = await Promise.all([
    import('../adapters/terminal/remote-view.js'),
    import('../adapters/terminal/end-text.js'),
    import('../adapters/terminal/sent-text.js'),
    import('../adapters/terminal/piped-messages.js'),
    import('../adapters/view/visible.js'),
  ]);
  const said = ([text, code]: ExitMessage = ['', 0]): Said => ({ text: text || undefined, code });
  bind(TOKENS.Remote).toResolvedValue(
    settings => {
      const { bell, presence, align } = CLIENT_SETTINGS;
      const chosen = { bell: bell.default, presence: presence.default, align: align.default };
      const place = () => {
        const { publicAddress } = settings.now;
        return publicAddress === undefined ? hostname() : parseServerName(publicAddress).host;
      };
      return {
        view: (screen, onWelcome) =>
          new view.WatchedView(view.remoteView(screen, { ...chosen, place: place() }), onWelcome),
        messages: async (input, given, asLines) => {
          const unread: UnreadLine[] = [];
          const found = await piped.pipedMessages(input, given, asLines, line => unread.push(line));
          if ('problem' in found) return { problem: said(found.problem) };
          return { ...found, unread: () => (unread.length > 0 ? said(sent.unreadText(unread)) : undefined) };
        },
        // A name was given: who has none in the end was refused, and has read why.
        ended: end =>
          end.type === 'NO_USERNAME' ? { code: ends.EXIT.NOT_ADMITTED } : said(ends.explain(end)),
        sent: report => said(sent.judge(report)),
        refused: sentence => ({ text: visible(sentence), code: ends.EXIT.NOT_ADMITTED }),
        names: users => users.map(name => `${visible(name)}\n`).join(''),
      };
    },
    [TOKENS.LiveSettings],
  );
});
