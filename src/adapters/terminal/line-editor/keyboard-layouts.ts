/**
 * Where the letters of other scripts are on keyboards that also have the Latin ones: Ctrl with the key of С is Ctrl-C.
 * Terminals that speak kitty's protocol say which Latin key it is; of others only the letter is known.
 */
const LAYOUTS: readonly (readonly [letters: string, latin: string])[] = [
  ['йцукенгшщзхъфывапролджэячсмитьбю', "qwertyuiop[]asdfghjkl;'zxcvbnm,."],
  ['іїєёў', "s]'`o"],
  ['ςερτυθιοπασδφγηξκλζχψωβνμ', 'wertyuiopasdfghjklzxcvbnm'],
  ['קראטוןםפשדגכעיחלךףזסבהנמצתץ', 'ertyuiopasdfghjkl;zxcvbnm,.'],
  ['ضصثقفغعهخحجدشسيبلاتنمكطئءؤرىةوز', "qwertyuiop[]asdfghjkl;'zxcvnm,."],
  ['ๆไำพะัีรนยบลฟหกดเ้่าสวงผปแอิืทมใฝ', "qwertyuiop[]asdfghjkl;'zxcvbnm,./"],
];

let latinKeys: ReadonlyMap<string, string> | undefined;

/** The Latin key at the place of a letter; the letter itself where none is known. */
export function latinKeyOf(letter: string): string {
  latinKeys ??= new Map(
    LAYOUTS.flatMap(([letters, latin]) =>
      Array.from(letters, (one, index): [string, string] => [one, latin.charAt(index)]),
    ),
  );
  return latinKeys.get(letter.toLowerCase()) ?? letter;
}
