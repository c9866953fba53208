import type { Film } from './film.js';
import type { Pane } from './pane.js';

/** The screens of the story. Anna's is not in the picture. */
export interface Cast {
  readonly server: Pane;
  readonly carl: Pane;
  readonly david: Pane;
  readonly anna: Pane;
}

const START = 'chatty server:start';

/** Plays the story. Gives back the moment, in milliseconds, that the picture shows where nothing may move. */
export async function story(film: Film, { server, carl, david, anna }: Cast): Promise<number> {
  await Promise.all([server, carl, david, anna].map(pane => pane.shows(/^\$/)));
  film.hold(400);
  await server.says(START);
  await server.shows(/listens on/);
  await carl.says('chatty client:join carl');
  await carl.shows(/connected · 1 here/);
  await david.says('chatty client:join david');
  await carl.shows(/connected · 2 here/);
  film.hold(300);

  await david.says('good morning');
  await carl.shows(/david {2}good morning/);
  await carl.types('has anybody seen my k');
  film.hold(500);
  await anna.says('chatty client:join anna');
  await carl.shows(/anna joined/);
  film.hold(300);
  await anna.says('hello, I have brought cake');
  await carl.shows(/anna {2}hello/);
  film.hold(600);
  await david.says('cake!');
  await carl.shows(/david {2}cake!/);
  film.hold(800);
  await carl.says('eys?');
  await david.shows(/carl {2}has anybody/);
  film.hold(400);
  await david.says('@carl on the kitchen table');
  await carl.shows(/@carl on the/);
  film.hold(1500);

  server.killProgram();
  await server.shows(/Killed/);
  await Promise.all([carl, david, anna].map(pane => pane.shows(/reconnecting/)));
  film.hold(1000);
  await david.says('or in your coat');
  await david.shows(/1 unsent/);
  film.hold(500);
  await carl.says('in the coat! thank you');
  await carl.shows(/1 unsent/);
  film.hold(1400);

  await server.says(START);
  await Promise.all([carl, david, anna].map(pane => pane.shows(/\n> \nconnected · 3 here\b/)));
  await carl.shows(/david {2}or in your coat/);
  await david.shows(/carl {2}in the coat/);
  film.hold(2000);
  const stillMs = film.lengthMs;

  await carl.says('/search keys');
  await carl.shows(/message found/);
  film.hold(3500);
  return stillMs;
}
