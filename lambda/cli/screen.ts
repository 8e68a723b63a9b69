/** Where a run is shown. */

export interface Screen {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Resolves when all that was printed has left the process. */
  flush(): Promise<void>;
  /** Columns of the terminal that stderr is, which a progress line is for; 0: it is none, or cannot clear a line. */
  readonly columns: number;
}

/** As a shell reports a program whose reader has gone: 128 and SIGPIPE. */
const READER_GONE = 141;

/** Of a terminal that does not say. */
const DEFAULT_COLUMNS = 80;

/** This process's own; it ends where nobody reads any more, as in `script-engine run … | head -1`. */
export function ownScreen(): Screen {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(READER_GONE);
      throw error;
    });
  }
  const { isTTY, columns } = process.stderr;
  return {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    async flush() {
      for (const stream of [process.stdout, process.stderr]) {
        await new Promise((resolve) => stream.write('', resolve));
      }
    },
    columns: isTTY && process.env.TERM !== 'dumb' ? columns || DEFAULT_COLUMNS : 0,
  };
}
