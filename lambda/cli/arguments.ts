/** The command line: what it may say, and what it means. */

import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';

/** `script-engine run`, as it was typed. */
export interface RunOptions {
  /** A file, a URL, or `-` for stdin. */
  readonly source: string;
  readonly args: readonly string[];
  readonly input?: string;
  readonly inputs?: string;
  readonly env: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Path on this machine, by path of the guest. */
  readonly file: Readonly<Record<string, string>>;
  readonly out: Readonly<Record<string, string>>;
  /** URL, by specifier. */
  readonly import: Readonly<Record<string, string>>;
  readonly entrypoint?: string;
  readonly type?: 'javascript' | 'typescript' | 'wasm';
  /** In milliseconds. */
  readonly timeout?: number;
  /** In MiB. */
  readonly memory?: number;
  readonly allowHost?: readonly string[];
  readonly offline?: true;
  readonly json?: true;
  readonly quiet?: true;
  readonly watch?: true;
  readonly endpoint?: string;
  readonly apiKey?: string;
}

export type CommandLine =
  | { readonly command: 'run'; readonly options: RunOptions }
  | { readonly command: 'serve' }
  /** Nothing to do: help or version, or what is wrong with the arguments. */
  | { readonly command: 'say'; readonly text: string; readonly exitCode: 0 | 2 };

/** What the arguments were not: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const examples = `
Examples:
  script-engine run hello.js
  script-engine run greet.mjs --input '{"name":"Ada"}'
  script-engine run rules.ts --inputs rows.ndjson --quiet
  script-engine run https://example.com/tool.wasm \\
    --file in.txt=./notes.txt --out out.txt=./result.txt -- in.txt out.txt
  echo 'input * 2' | script-engine run - --input 21
  script-engine run greet.mjs \\
    --endpoint https://ID.execute-api.eu-central-1.amazonaws.com/prod

The exit code is the program's own, 0 for success, 1 for an error,
2 for wrong use, 124 for a timeout.`;

/** What may be given any number of times. Not defaults of the options, which their help would show. */
const noPairs = { env: {}, file: {}, out: {}, import: {} };
type GivenOptions = Omit<RunOptions, 'source' | 'args' | keyof typeof noPairs> &
  Partial<Pick<RunOptions, keyof typeof noPairs>>;

/** @param argv without the program's own name */
export function parseArguments(argv: readonly string[], version: string): CommandLine {
  let text = '';
  let parsed: CommandLine | null = null;
  const write = (part: string): void => {
    text += part;
  };
  const program = new Command('script-engine')
    .description('Runs JavaScript, TypeScript and WebAssembly in a sandbox.')
    .version(version)
    .exitOverride()
    .configureOutput({ writeOut: write, writeErr: write })
    .showHelpAfterError('(--help tells what there is)');
  runCommand(program).action((source: string, args: string[], options: GivenOptions) => {
    parsed = { command: 'run', options: { ...noPairs, source, args, ...options } };
  });
  program
    .command('serve')
    .description('starts the API on 127.0.0.1:$PORT (3000), with the examples at /examples/')
    .action(() => {
      parsed = { command: 'serve' };
    });
  try {
    program.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { command: 'say', text, exitCode: error.exitCode === 0 ? 0 : 2 };
  }
  return parsed ?? { command: 'say', text: program.helpInformation(), exitCode: 2 };
}

function runCommand(program: Command): Command {
  return program
    .command('run')
    .description(
      'runs code: stdout to stdout, stderr and logs to stderr, the result as JSON on the last line',
    )
    .argument('<source>', 'a file, a URL, or - for stdin')
    .argument('[args...]', 'arguments of the program, after --')
    .option('--input <json|@file>', 'the value of `input`')
    .addOption(
      new Option('--inputs <file>', 'a file with one input on each line: a run for each').conflicts(
        'input',
      ),
    )
    .option('--env <key=value>', 'an environment variable (repeatable)', pair)
    .option('--stdin <file>', 'what the program reads from stdin; - for this stdin')
    .option('--file <guest=host>', 'a file that the program sees (repeatable)', pair)
    .option(
      '--out <guest=host>',
      'a file that the program leaves, and where to put it (repeatable)',
      pair,
    )
    .option('--import <name=url>', 'an entry of the import map (repeatable)', pair)
    .option('--entrypoint <name>', 'the export to call')
    .addOption(
      new Option('--type <language>', 'the language, where nothing else shows it').choices([
        'javascript',
        'typescript',
        'wasm',
      ]),
    )
    .option('--timeout <ms>', 'the most time of the run, in milliseconds', count)
    .option('--memory <mb>', 'the most memory of the run, in MiB', count)
    .option('--allow-host <pattern>', 'a host that the run may fetch from (repeatable)', several)
    .addOption(new Option('--offline', 'no request leaves the run').conflicts('allowHost'))
    .option('--json', 'prints the whole response as JSON, and nothing else')
    .addOption(new Option('--quiet', 'prints no result').conflicts('json'))
    .option('--watch', 'runs again when a file has changed')
    .option('--endpoint <url>', 'runs on this API instead of on this machine')
    .addOption(new Option('--api-key <key>', 'key of the API').env('SCRIPT_ENGINE_API_KEY'))
    .addHelpText('after', examples);
}

function pair(text: string, before: Record<string, string> = {}): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('It is not NAME=VALUE.');
  const name = text.slice(0, at);
  if (Object.hasOwn(before, name)) throw new InvalidArgumentError(`${name} is there twice.`);
  // Not an assignment: a name may be `__proto__`.
  return Object.fromEntries([...Object.entries(before), [name, text.slice(at + 1)]]);
}

function several(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

function count(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new InvalidArgumentError('It is not a whole number above 0.');
  return Number(text);
}
