/** Any text as ASCII between quotes, for the titles of tests: a report is read in a terminal as well. */
export function escaped(text: string): string {
  return JSON.stringify(text).replace(
    /[^ -~]/g,
    unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
