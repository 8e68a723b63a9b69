/** Where a run is shown. */

export interface Screen {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Of stderr, which a progress line is for. */
  readonly isTerminal: boolean;
}

/** As a shell reports a program whose reader has gone: 128 and SIGPIPE. */
const READER_GONE = 141;

/** This process's own; it ends where nobody reads any more, as in `script-engine run … | head -1`. */
export function ownScreen(): Screen {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(READER_GONE);
      throw error;
    });
  }
  return {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    isTerminal: process.stderr.isTTY === true,
  };
}
