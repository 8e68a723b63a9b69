/** Modules that loop, grow, recurse, lie about pointers, or are not what they seem. */

import type { HostileCase, Outcome } from '../case.ts';
import * as binary from './binary.ts';

type Limits = { timeoutMs: number; cpuMs?: number; memoryMb?: number };
const limits: Limits = { timeoutMs: 1000 };
const short: Limits = { timeoutMs: 300 };
/** Enough for what must have happened by then, on a busy machine. */
const long: Limits = { timeoutMs: 4000 };
const tight: Limits = { timeoutMs: 2000, memoryMb: 16 };

type Row = readonly [
  name: string,
  wat: string,
  outcome: Outcome | readonly Outcome[],
  like?: object | undefined,
  limits?: Limits,
];

const main = (body: string, rest = ''): string => `(module ${rest} (func (export "main") ${body}))`;
const print = '(import "env" "capture_stdout" (func $print (param i32 i32)))';
const loop = '(loop $l (br $l))';

const rows: readonly Row[] = [
  ['a loop', main(loop), 'TIMEOUT', undefined, short],
  [
    'a loop after some output',
    `(module ${print} (memory 1) (data (i32.const 0) "before") (func (export "_start") (call $print (i32.const 0) (i32.const 6)) ${loop}) (export "memory" (memory 0)))`,
    'TIMEOUT',
    { stdout: 'before' },
    short,
  ],
  [
    'a start function that loops',
    `(module (func $s ${loop}) (start $s))`,
    'TIMEOUT',
    undefined,
    short,
  ],
  [
    'a start function that traps',
    `(module (func $s unreachable) (start $s) (func (export "main")))`,
    'WASM_TRAP',
  ],
  [
    'an _initialize that loops',
    `(module (func (export "_initialize") ${loop}) (func (export "run")))`,
    'TIMEOUT',
    undefined,
    short,
  ],
  [
    'a loop on memory.grow',
    main('(loop $l (drop (memory.grow (i32.const 1))) (br $l))', '(memory 1)'),
    'TIMEOUT',
    undefined,
    short,
  ],
  [
    'a loop on table.grow',
    main(
      '(loop $l (drop (table.grow (ref.null func) (i32.const 1000))) (br $l))',
      '(table 1 funcref)',
    ),
    ['TIMEOUT', 'MEMORY_LIMIT'],
    undefined,
    short,
  ],
  [
    'a loop on table.grow of references',
    main(
      '(loop $l (drop (table.grow (ref.null extern) (i32.const 100000))) (br $l))',
      '(table 1 externref)',
    ),
    ['TIMEOUT', 'MEMORY_LIMIT'],
    undefined,
    short,
  ],
  [
    'a loop on table.fill',
    main(
      '(loop $l (table.fill (i32.const 0) (ref.null func) (i32.const 10000)) (br $l))',
      '(table 10000 funcref)',
    ),
    'TIMEOUT',
    undefined,
    short,
  ],
  [
    'a loop on memory.fill',
    main(
      '(loop $l (memory.fill (i32.const 0) (i32.const 1) (i32.const 60000000)) (br $l))',
      '(memory 1000)',
    ),
    'TIMEOUT',
    undefined,
    short,
  ],
  [
    'a loop on memory.copy',
    main(
      '(loop $l (memory.copy (i32.const 0) (i32.const 1) (i32.const 60000000)) (br $l))',
      '(memory 1000)',
    ),
    'TIMEOUT',
    undefined,
    short,
  ],
  [
    'memory.grow beyond the limit is refused',
    `(module (memory 1) (func (export "main") (result i32) (memory.grow (i32.const 1000))))`,
    'success',
    { result: -1 },
    tight,
  ],
  [
    'memory.grow to the limit is granted',
    `(module (memory 1) (func (export "main") (result i32) (memory.grow (i32.const 200))))`,
    'success',
    { result: 1 },
    tight,
  ],
  [
    'memory.grow by minus one',
    `(module (memory 1) (func (export "main") (result i32) (memory.grow (i32.const -1))))`,
    'success',
    { result: -1 },
  ],
  [
    'a memory that starts beyond the limit',
    main('', '(memory 1000)'),
    'MEMORY_LIMIT',
    undefined,
    tight,
  ],
  ['a memory of 4 GB', main('', '(memory 65536)'), 'MEMORY_LIMIT', undefined, tight],
  [
    'sixteen memories that are too much together',
    main('', '(memory 20)'.repeat(16)),
    ['MEMORY_LIMIT', 'WASM_INVALID'],
    undefined,
    tight,
  ],
  [
    'a hundred memories',
    main('', '(memory 0)'.repeat(100)),
    ['WASM_INVALID', 'WASM_LINK_ERROR', 'success'],
  ],
  [
    'a table of ten million',
    main('', '(table 10000000 funcref)'),
    ['MEMORY_LIMIT', 'WASM_INVALID'],
    undefined,
    tight,
  ],
  [
    'a table of four billion',
    main('', '(table 4294967295 funcref)'),
    ['MEMORY_LIMIT', 'WASM_INVALID'],
    undefined,
    tight,
  ],
  [
    'a hundred tables of a hundred thousand',
    main('', '(table 100000 externref)'.repeat(100)),
    ['MEMORY_LIMIT', 'WASM_INVALID'],
  ],
  [
    'a memory it imports from nowhere',
    '(module (import "env" "memory" (memory 1)) (func (export "main")))',
    ['WASM_LINK_ERROR', 'success'],
  ],
  ['a shared memory', main('', '(memory 1 2 shared)'), ['WASM_LINK_ERROR', 'WASM_INVALID']],
  [
    'recursion',
    '(module (func $f (export "main") (call $f) (drop (i32.const 1)) ))',
    'STACK_OVERFLOW',
  ],
  [
    'recursion with a result',
    '(module (func $f (export "main") (result i32) (i32.add (call $f) (i32.const 1))))',
    'STACK_OVERFLOW',
  ],
  [
    'recursion through a table',
    '(module (type $t (func)) (table 1 funcref) (elem (i32.const 0) $f) (func $f (export "main") (call_indirect (type $t) (i32.const 0)) (call_indirect (type $t) (i32.const 0))))',
    'STACK_OVERFLOW',
  ],
  [
    'recursion with huge frames',
    `(module (func $f (export "main") ${'(local i64 i64 i64 i64 i64 i64 i64 i64 i64 i64)'.repeat(500)} (call $f) (call $f)))`,
    'STACK_OVERFLOW',
  ],
  [
    'recursion through a host function',
    `(module (import "env" "get_unixtime" (func $t (result i64))) (func $f (export "main") (drop (call $t)) (call $f) (call $f)))`,
    'STACK_OVERFLOW',
  ],
  ['integer division by zero', main('(drop (i32.div_u (i32.const 1) (i32.const 0)))'), 'WASM_TRAP'],
  [
    'integer overflow',
    main('(drop (i32.div_s (i32.const -2147483648) (i32.const -1)))'),
    'WASM_TRAP',
  ],
  ['a float that is no integer', main('(drop (i32.trunc_f64_s (f64.const nan)))'), 'WASM_TRAP'],
  ['a load out of bounds', main('(drop (i32.load (i32.const 65533)))', '(memory 1)'), 'WASM_TRAP'],
  [
    'a load at an offset that wraps',
    main('(drop (i32.load offset=4294967295 (i32.const 4294967295)))', '(memory 1)'),
    'WASM_TRAP',
  ],
  [
    'a memory.init of a dropped segment',
    main(
      '(data.drop 0) (memory.init 0 (i32.const 0) (i32.const 0) (i32.const 1))',
      '(memory 1) (data "x")',
    ),
    'WASM_TRAP',
  ],
  [
    'an indirect call of the wrong type',
    '(module (type $t (func (param i32))) (table 1 funcref) (elem (i32.const 0) $g) (func $g) (func (export "main") (call_indirect (type $t) (i32.const 1) (i32.const 0))))',
    'WASM_TRAP',
  ],
  [
    'an indirect call of nothing',
    '(module (type $t (func)) (table 1 funcref) (func (export "main") (call_indirect (type $t) (i32.const 0))))',
    'WASM_TRAP',
  ],
  [
    'an element out of bounds',
    '(module (table 1 funcref) (elem (i32.const 5) $f) (func $f (export "main")))',
    ['WASM_TRAP', 'WASM_LINK_ERROR'],
  ],
  [
    'data out of bounds',
    '(module (memory 1) (data (i32.const 65535) "xx") (func (export "main")))',
    ['WASM_TRAP', 'WASM_LINK_ERROR'],
  ],
  [
    'an export named __proto__',
    '(module (func (export "__proto__") (result i32) (i32.const 7)) (func (export "constructor")) (func (export "main") (result i32) (i32.const 1)))',
    'success',
    { result: 1 },
  ],
  [
    'imports named after the prototype',
    '(module (import "__proto__" "constructor" (func)) (import "env" "__proto__" (func)) (import "env" "toString" (func)) (func (export "main")))',
    'WASM_LINK_ERROR',
  ],
  [
    'imports of host functions that are not offered',
    '(module (import "wasi_snapshot_preview1" "constructor" (func)) (import "wasi_snapshot_preview1" "fd_exec" (func)) (func (export "main")))',
    'WASM_LINK_ERROR',
  ],
  [
    'an import declared with the wrong type',
    '(module (import "env" "app_log" (func (param i64))) (func (export "main")))',
    'WASM_LINK_ERROR',
  ],
  [
    'an export to call that takes a vector',
    '(module (func (export "main") (param v128)))',
    'INVALID_REQUEST',
  ],
  [
    'NaN and infinities as results',
    '(module (func (export "main") (result f64 f64) (f64.const nan) (f64.const inf)))',
    'success',
  ],
  [
    'a thousand results',
    `(module (func (export "main") (result ${'i32 '.repeat(900)}) ${'(i32.const 1) '.repeat(900)}))`,
    ['success', 'WASM_INVALID'],
  ],
  [
    'sixty thousand locals',
    `(module (func (export "main") (local ${'i64 '.repeat(49_999)})))`,
    ['success', 'WASM_INVALID'],
  ],
  ['no export to call', '(module (func (export "other")))', 'ENTRYPOINT_NOT_FOUND'],
  [
    'an entry that is a memory',
    '(module (memory (export "main") 1))',
    ['ENTRYPOINT_NOT_FOUND', 'success'],
  ],
  ['the empty module', '(module)', ['ENTRYPOINT_NOT_FOUND', 'success']],
  [
    'CPU time without wall time',
    main(loop),
    'CPU_LIMIT',
    undefined,
    { timeoutMs: 2000, cpuMs: 50 },
  ],
];

/** Each hands a pointer outside memory to a function of `env`. */
const pointers = [
  [
    'app_log',
    '(param i32 i32 i32 i32)',
    '(i32.const 65530) (i32.const 100) (i32.const 0) (i32.const 0)',
  ],
  [
    'app_log',
    '(param i32 i32 i32 i32)',
    '(i32.const 0) (i32.const 4) (i32.const -1) (i32.const -1)',
  ],
  [
    'app_log',
    '(param i32 i32 i32 i32)',
    '(i32.const 0) (i32.const -1) (i32.const 0) (i32.const -1)',
  ],
  ['capture_stdout', '(param i32 i32)', '(i32.const -8) (i32.const 8)'],
  ['capture_stdout', '(param i32 i32)', '(i32.const 1) (i32.const 65536)'],
  ['capture_stderr', '(param i32 i32)', '(i32.const 2147483647) (i32.const 2147483647)'],
] as const;

const wasiModule = (imports: string, body: string): string =>
  `(module ${imports} (memory (export "memory") 1) (func (export "_start") ${body}))`;
const wasi = (name: string, params: string): string =>
  `(import "wasi_snapshot_preview1" "${name}" (func $${name} (param ${params}) (result i32)))`;

const wasiRows: readonly Row[] = [
  [
    'poll_oneoff that sleeps for a day',
    wasiModule(
      wasi('poll_oneoff', 'i32 i32 i32 i32'),
      '(i32.store (i32.const 16) (i32.const 1)) (i64.store (i32.const 24) (i64.const 86400000000000)) (drop (call $poll_oneoff (i32.const 0) (i32.const 200) (i32.const 1) (i32.const 400)))',
    ),
    'TIMEOUT',
    undefined,
    short,
  ],
  [
    'poll_oneoff of two billion subscriptions',
    wasiModule(
      wasi('poll_oneoff', 'i32 i32 i32 i32'),
      '(drop (call $poll_oneoff (i32.const 0) (i32.const 200) (i32.const 2147483647) (i32.const 400)))',
    ),
    ['success', 'WASM_TRAP'],
  ],
  [
    'poll_oneoff of nothing, for ever',
    wasiModule(
      wasi('poll_oneoff', 'i32 i32 i32 i32'),
      '(loop $l (drop (call $poll_oneoff (i32.const 0) (i32.const 200) (i32.const 0) (i32.const 400))) (br $l))',
    ),
    'TIMEOUT',
    undefined,
    short,
  ],
  [
    'sched_yield for ever',
    wasiModule(
      '(import "wasi_snapshot_preview1" "sched_yield" (func $y (result i32)))',
      '(loop $l (drop (call $y)) (br $l))',
    ),
    'TIMEOUT',
    undefined,
    short,
  ],
  [
    'random bytes for a whole memory',
    `(module ${wasi('random_get', 'i32 i32')} (memory (export "memory") 1000) (func (export "_start") (loop $l (drop (call $random_get (i32.const 0) (i32.const 65536000))) (br $l))))`,
    'TIMEOUT',
    undefined,
    short,
  ],
  [
    'fd_write without end',
    wasiModule(
      wasi('fd_write', 'i32 i32 i32 i32'),
      '(i32.store (i32.const 4) (i32.const 65000)) (loop $l (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 65500))) (br $l))',
    ),
    'TIMEOUT',
    { metadata: { truncated: { stdout: true } } },
    long,
  ],
  [
    'fd_write of one byte at a time',
    wasiModule(
      wasi('fd_write', 'i32 i32 i32 i32'),
      '(i32.store (i32.const 4) (i32.const 1)) (loop $l (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 65500))) (br $l))',
    ),
    'TIMEOUT',
    undefined,
    { timeoutMs: 700 },
  ],
  [
    'fd_write of four billion vectors',
    wasiModule(
      wasi('fd_write', 'i32 i32 i32 i32'),
      '(drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const -1) (i32.const 65500)))',
    ),
    ['success', 'WASM_TRAP', 'NON_ZERO_EXIT'],
  ],
  [
    'fd_write from outside memory',
    wasiModule(
      wasi('fd_write', 'i32 i32 i32 i32'),
      '(i32.store (i32.const 0) (i32.const -10)) (i32.store (i32.const 4) (i32.const -1)) (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 65500)))',
    ),
    ['success', 'WASM_TRAP'],
  ],
  [
    'args_get to outside memory',
    wasiModule(
      wasi('args_get', 'i32 i32'),
      '(drop (call $args_get (i32.const -4) (i32.const -4)))',
    ),
    ['success', 'WASM_TRAP'],
  ],
  [
    'descriptors that do not exist',
    wasiModule(
      wasi('fd_close', 'i32'),
      '(drop (call $fd_close (i32.const -1))) (drop (call $fd_close (i32.const 2147483647))) (drop (call $fd_close (i32.const 99)))',
    ),
    'success',
  ],
  [
    'closing what is standard',
    wasiModule(
      wasi('fd_close', 'i32'),
      '(drop (call $fd_close (i32.const 0))) (drop (call $fd_close (i32.const 1))) (drop (call $fd_close (i32.const 2))) (drop (call $fd_close (i32.const 3)))',
    ),
    'success',
  ],
  [
    'a way out of the root',
    wasiModule(
      wasi('path_open', 'i32 i32 i32 i32 i32 i64 i64 i32 i32') +
        '(import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))',
      '(i64.store (i32.const 0) (i64.const 0x2e2e2f2e2e2f2e2e)) (i64.store (i32.const 8) (i64.const 0x64777373612f6374)) (i64.store (i32.const 8) (i64.const 0x7361702f6374652f)) (call $exit (call $path_open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 16) (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 100)))',
    ),
    'NON_ZERO_EXIT',
  ],
  [
    'files without end',
    wasiModule(
      wasi('path_create_directory', 'i32 i32 i32'),
      '(local $i i32) (loop $l (local.set $i (i32.add (local.get $i) (i32.const 1))) (i32.store (i32.const 0) (i32.or (local.get $i) (i32.const 0x41414141))) (i32.store (i32.const 4) (i32.or (i32.shl (local.get $i) (i32.const 3)) (i32.const 0x41414141))) (drop (call $path_create_directory (i32.const 3) (i32.const 0) (i32.const 8))) (br $l))',
    ),
    ['TIMEOUT', 'MEMORY_LIMIT'],
    undefined,
    short,
  ],
  [
    'a file that is allocated to an exabyte',
    wasiModule(
      wasi('path_open', 'i32 i32 i32 i32 i32 i64 i64 i32 i32') +
        wasi('fd_allocate', 'i32 i64 i64') +
        wasi('fd_filestat_set_size', 'i32 i64') +
        '(import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))',
      '(i32.store8 (i32.const 0) (i32.const 97)) (drop (call $path_open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 1) (i64.const -1) (i64.const -1) (i32.const 0) (i32.const 100))) (drop (call $fd_allocate (i32.load (i32.const 100)) (i64.const 0) (i64.const 1000000000000000000))) (call $exit (call $fd_filestat_set_size (i32.load (i32.const 100)) (i64.const 1000000000000000000)))',
    ),
    'NON_ZERO_EXIT',
  ],
  [
    'a file that is written without end',
    wasiModule(
      wasi('path_open', 'i32 i32 i32 i32 i32 i64 i64 i32 i32') +
        wasi('fd_write', 'i32 i32 i32 i32') +
        '(import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))',
      '(local $e i32) (i32.store8 (i32.const 0) (i32.const 97)) (drop (call $path_open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 1) (i64.const -1) (i64.const -1) (i32.const 0) (i32.const 100))) (i32.store (i32.const 204) (i32.const 65000)) (loop $l (local.set $e (call $fd_write (i32.load (i32.const 100)) (i32.const 200) (i32.const 1) (i32.const 300))) (br_if $l (i32.eqz (local.get $e)))) (call $exit (local.get $e))',
    ),
    'NON_ZERO_EXIT',
    { error: { code: 'NON_ZERO_EXIT' }, metadata: { exitCode: 51 } },
    { timeoutMs: 4000 },
  ],
  [
    'an exit code of minus one',
    wasiModule(
      '(import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))',
      '(call $exit (i32.const -1))',
    ),
    'NON_ZERO_EXIT',
  ],
  [
    'proc_raise',
    wasiModule(wasi('proc_raise', 'i32'), '(drop (call $proc_raise (i32.const 9)))'),
    ['NON_ZERO_EXIT', 'success', 'WASM_TRAP'],
  ],
  [
    'sockets',
    wasiModule(
      wasi('sock_accept', 'i32 i32 i32') +
        wasi('sock_recv', 'i32 i32 i32 i32 i32 i32') +
        wasi('sock_send', 'i32 i32 i32 i32 i32') +
        wasi('sock_shutdown', 'i32 i32'),
      '(drop (call $sock_accept (i32.const 0) (i32.const 0) (i32.const 8))) (drop (call $sock_recv (i32.const 3) (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 8) (i32.const 12))) (drop (call $sock_send (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 8))) (drop (call $sock_shutdown (i32.const 3) (i32.const 3)))',
    ),
    'success',
  ],
  [
    'fetch with options outside memory',
    '(module (import "env" "fetch" (func $f (param i32 i32 i32 i32) (result i32))) (memory (export "memory") 1) (func (export "main") (result i32) (call $f (i32.const 65530) (i32.const 100) (i32.const 0) (i32.const 0))))',
    'WASM_TRAP',
  ],
  [
    'fetch with options that are no JSON',
    '(module (import "env" "fetch" (func $f (param i32 i32 i32 i32) (result i32))) (memory (export "memory") 1) (func (export "main") (result i32) (call $f (i32.const 0) (i32.const 100) (i32.const 0) (i32.const 0))))',
    'success',
    { result: -1 },
  ],
  [
    'fetch into a buffer outside memory',
    '(module (import "env" "fetch" (func $f (param i32 i32 i32 i32) (result i32))) (memory (export "memory") 1) (data (i32.const 0) "{\\"url\\":\\"{origin}/json\\"}") (func (export "main") (result i32) (call $f (i32.const 0) (i32.const {length}) (i32.const 65530) (i32.const 1000))))',
    'WASM_TRAP',
  ],
  [
    'fetch that is never answered',
    '(module (import "env" "fetch" (func $f (param i32 i32 i32 i32) (result i32))) (memory (export "memory") 1) (data (i32.const 0) "{\\"url\\":\\"{origin}/hang\\"}") (func (export "main") (result i32) (call $f (i32.const 0) (i32.const {length}) (i32.const 1000) (i32.const 1000))))',
    'TIMEOUT',
    undefined,
    short,
  ],
  [
    'fetch of a private address',
    '(module (import "env" "fetch" (func $f (param i32 i32 i32 i32) (result i32))) (memory (export "memory") 1) (data (i32.const 0) "{\\"url\\":\\"http://10.0.0.1/\\"}") (func (export "main") (result i32) (call $f (i32.const 0) (i32.const 26) (i32.const 1000) (i32.const 1000))))',
    'success',
    { result: -2 },
  ],
  [
    'a log level that is none',
    '(module (import "env" "app_log" (func $f (param i32 i32 i32 i32))) (memory (export "memory") 1) (data (i32.const 0) "\\ff\\fefatal") (func (export "main") (call $f (i32.const 0) (i32.const 7) (i32.const 0) (i32.const 7))))',
    'success',
    { logs: [{ level: 'info' }] },
  ],
  [
    'logs without end',
    '(module (import "env" "app_log" (func $f (param i32 i32 i32 i32))) (memory (export "memory") 1) (func (export "main") (loop $l (call $f (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 1000)) (br $l))))',
    'TIMEOUT',
    { metadata: { truncated: { logs: true } } },
    long,
  ],
];

const binaries: readonly (readonly [
  name: string,
  wasm: Uint8Array,
  outcome: Outcome | readonly Outcome[],
  limits?: Limits,
])[] = [
  ['a magic number and nothing else', binary.bytes('0061736d'), 'WASM_INVALID'],
  ['an unknown version', binary.bytes('0061736d02000000'), 'UNSUPPORTED_CODE'],
  ['a component without anything', binary.bytes('0061736d0d000100'), 'ENTRYPOINT_NOT_FOUND'],
  ['a component of a later format', binary.bytes('0061736d0e000100'), 'UNSUPPORTED_CODE'],
  ['a section longer than the file', binary.bytes('0061736d0100000001ffffffff0f'), 'WASM_INVALID'],
  [
    'a LEB128 number that never ends',
    binary.bytes(`0061736d0100000001${'80'.repeat(20)}`),
    'WASM_INVALID',
  ],
  [
    'a vector that claims four billion types',
    binary.bytes('0061736d010000000105ffffffff0f'),
    'WASM_INVALID',
  ],
  ['sections in the wrong order', binary.bytes('0061736d01000000030100010100'), 'WASM_INVALID'],
  ['an unknown section', binary.bytes('0061736d010000003f0100'), 'WASM_INVALID'],
  [
    'a name that is not UTF-8',
    binary.bytes('0061736d0100000001040160000003020100070601 02fffe0000 0a040102000b'),
    'WASM_INVALID',
  ],
  [
    'a million functions',
    binary.manyFunctions(1_000_000),
    ['success', 'WASM_INVALID', 'TIMEOUT', 'MEMORY_LIMIT', 'ENTRYPOINT_NOT_FOUND'],
    short,
  ],
  [
    'blocks nested a hundred thousand deep',
    binary.nestedBlocks(100_000),
    ['success', 'WASM_INVALID'],
  ],
  [
    'a hundred thousand functions with bodies to compile',
    binary.compileBomb(4000, 400),
    ['success', 'TIMEOUT', 'MEMORY_LIMIT'],
    short,
  ],
  [
    'a million types',
    binary.manyTypes(900_000),
    ['success', 'WASM_INVALID', 'TIMEOUT', 'MEMORY_LIMIT', 'ENTRYPOINT_NOT_FOUND'],
    short,
  ],
  [
    'a million exports',
    binary.manyExports(200_000),
    ['ENTRYPOINT_NOT_FOUND', 'WASM_INVALID', 'TIMEOUT', 'MEMORY_LIMIT'],
    limits,
  ],
  [
    'a million custom sections',
    binary.manyCustomSections(1_000_000),
    ['ENTRYPOINT_NOT_FOUND', 'success', 'WASM_INVALID', 'TIMEOUT', 'MEMORY_LIMIT'],
    limits,
  ],
  [
    'GC arrays without end',
    binary.gcArrays(),
    ['TIMEOUT', 'MEMORY_LIMIT', 'SANDBOX_CRASHED'],
    { timeoutMs: 4000 },
  ],
  [
    'GC structs in a chain without end',
    binary.gcChain(),
    ['TIMEOUT', 'MEMORY_LIMIT', 'SANDBOX_CRASHED'],
    { timeoutMs: 4000 },
  ],
  [
    'a 64-bit memory',
    binary.bytes('0061736d01000000 0503 01 04 01'),
    ['WASM_INVALID', 'WASM_LINK_ERROR'],
  ],
  ['an exception nobody catches', binary.uncaughtException(), 'WASM_TRAP'],
];

const asCase = ([name, wat, wanted, like, own = limits]: Row): HostileCase => ({
  name: `module: ${name}`,
  wat,
  request: { limits: { ...own } },
  expect: wanted,
  ...(like === undefined ? {} : { like }),
});

export const webAssemblyCases: readonly HostileCase[] = [
  ...rows.map(asCase),
  ...wasiRows.map(asCase),
  ...pointers.map(
    ([name, params, args], index): HostileCase => ({
      name: `module: ${name} with a pointer outside memory (${index + 1})`,
      wat: `(module (import "env" "${name}" (func $f ${params})) (memory (export "memory") 1) (func (export "main") (call $f ${args})))`,
      request: { limits: { ...limits } },
      expect: 'WASM_TRAP',
    }),
  ),
  ...binaries.map(
    ([name, wasm, wanted, own = limits]): HostileCase => ({
      name: `module: ${name}`,
      wasm,
      request: { limits: { ...own }, type: 'wasm' },
      expect: wanted,
    }),
  ),
];
