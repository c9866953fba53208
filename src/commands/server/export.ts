import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Command } from '@oclif/core/command';
import * as Flags from '@oclif/core/flags';
import { withArchive } from '../../cli/archive.js';
import { FOLDER_FLAGS } from '../../cli/data-folder.js';
import { EXIT, fail } from '../../cli/exit.js';
import { EXPORT_FORMATS, type ExportFormat } from '../../cli/export-format.js';

export default class ServerExport extends Command {
  static override summary = 'Write the whole history to the standard output.';

  static override description =
    `While the server runs or not. As JSON, one object a line with seq, at (milliseconds since 1970), kind (message, action, joined or left), username and content; or as text for people.

Exit codes: 0 everything is written, 1 a fault, 2 wrong usage, 4 the history cannot be read, 11 the output was closed, or could not be written, before the end.`;

  static override examples = [
    { description: 'Take everything along:', command: '<%= config.bin %> server:export > chatty.jsonl' },
    { description: 'Read it:', command: '<%= config.bin %> server:export --format text | less' },
  ];

  static override flags = {
    ...FOLDER_FLAGS,
    format: Flags.option({
      options: Object.keys(EXPORT_FORMATS) as ExportFormat[],
      default: 'json' as const,
      description: 'How events are written.',
    })(),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(ServerExport);
    const write = EXPORT_FORMATS[flags.format];
    await withArchive(this, flags, async archive => {
      process.stdout.removeAllListeners('error'); // oclif's would throw: here the pipeline fails
      const lines = Readable.from(linesOf(archive.events(), write));
      try {
        await pipeline(lines, process.stdout, { end: false });
      } catch (error) {
        if (isClosed(error)) this.exit(EXIT.INTERRUPTED);
        if (!isOfSystem(error)) throw error;
        fail(this, `The output cannot be written: ${error.message}.`, EXIT.INTERRUPTED);
      }
    });
  }
}

async function* linesOf<E>(events: AsyncIterable<E>, write: (event: E) => string): AsyncGenerator<string> {
  for await (const event of events) yield write(event);
}

/** Whether the system could not do it, as on a full disk. */
function isOfSystem(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}

/** Whether the reader has closed the pipe, as `head` does. */
function isClosed(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    ['EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'].includes(String(error.code))
  );
}
