/** Popular packages, each with a real use and what comes out of it. */

export interface LibraryUse {
  readonly name: string;
  /** Specifiers and paths on the library server, as in the request's `imports`. */
  readonly imports: { readonly [specifier: string]: string };
  /** A module; its default export is the result. */
  readonly program: string;
  readonly result: unknown;
}

/** Each package as it is installed, in as many files as it has. */
const inFiles: readonly LibraryUse[] = [
  {
    name: 'lodash-es, all of its modules',
    imports: { 'lodash-es': '/node_modules/lodash-es/lodash.js' },
    program: `import _, { groupBy, debounce } from 'lodash-es';
      const people = [{ n: 'Ada', y: 1815 }, { n: 'Alan', y: 1912 }, { n: 'Grace', y: 1906 }];
      let calls = 0;
      const slow = debounce(() => { calls += 1 }, 5);
      slow(); slow(); slow();
      await new Promise((resolve) => setTimeout(resolve, 30));
      export default [
        groupBy(people, ({ y }) => Math.floor(y / 100)),
        _.chain(people).sortBy('y').map('n').value(),
        _.merge({ a: { b: 1 } }, { a: { c: [1, 2] } }),
        _.camelCase('some-long name'), _.isEqual(new Map([[1, { a: 1 }]]), new Map([[1, { a: 1 }]])), calls,
      ]`,
    result: [
      {
        18: [{ n: 'Ada', y: 1815 }],
        19: [
          { n: 'Alan', y: 1912 },
          { n: 'Grace', y: 1906 },
        ],
      },
      ['Ada', 'Grace', 'Alan'],
      { a: { b: 1, c: [1, 2] } },
      'someLongName',
      true,
      1,
    ],
  },
  {
    name: 'date-fns, all of its modules',
    imports: {
      'date-fns': '/node_modules/date-fns/index.js',
      'date-fns/': '/node_modules/date-fns/',
    },
    program: `import { addMonths, differenceInCalendarDays, format, intervalToDuration, parseISO } from 'date-fns';
      import { de } from 'date-fns/locale/de.js';
      const start = parseISO('2026-01-31');
      export default [
        format(start, 'EEEE, do MMMM yyyy'),
        format(start, 'EEEE, do MMMM yyyy', { locale: de }),
        format(addMonths(start, 1), 'yyyy-MM-dd'),
        differenceInCalendarDays(parseISO('2026-12-24'), start),
        intervalToDuration({ start, end: parseISO('2026-04-02') }),
      ]`,
    result: [
      'Saturday, 31st January 2026',
      'Samstag, 31. Januar 2026',
      '2026-02-28',
      327,
      { months: 2, days: 2 },
    ],
  },
  {
    name: 'ramda, all of its modules',
    imports: { ramda: '/node_modules/ramda/es/index.js' },
    program: `import * as R from 'ramda';
      const total = R.pipe(R.filter(R.propEq('book', 'kind')), R.map(R.prop('price')), R.sum);
      export default [total([{ kind: 'book', price: 3 }, { kind: 'pen', price: 1 }, { kind: 'book', price: 4 }]),
        R.assocPath(['a', 'b'], 1, {}), R.groupBy(R.length, ['a', 'bb', 'c'])]`,
    result: [7, { a: { b: 1 } }, { 1: ['a', 'c'], 2: ['bb'] }],
  },
  {
    name: 'zod',
    imports: { zod: '/node_modules/zod/index.js' },
    program: `import * as z from 'zod';
      const User = z.object({ name: z.string().min(2), age: z.coerce.number().int().positive(), mail: z.email().optional() });
      const bad = User.safeParse({ name: 'A', age: '1.5', mail: 'nobody' });
      export default [User.parse({ name: 'Ada', age: '36', other: 1 }),
        bad.error.issues.map(({ path, code }) => [path.join('.'), code]),
        z.toJSONSchema(z.array(z.union([z.literal('a'), z.number()]))).items]`,
    result: [
      { name: 'Ada', age: 36 },
      [
        ['name', 'too_small'],
        ['age', 'invalid_type'],
        ['mail', 'invalid_format'],
      ],
      { anyOf: [{ type: 'string', const: 'a' }, { type: 'number' }] },
    ],
  },
  {
    name: 'uuid',
    imports: { uuid: '/node_modules/uuid/dist/index.js' },
    program: `import { v4, v5, v7, validate, version } from 'uuid';
      export default [v5('example.com', v5.DNS), validate(v4()), version(v7()), v4() !== v4(), v7() < v7()]`,
    result: ['cfbff0d1-9375-5685-968c-48ce8b15ae17', true, 7, true, true],
  },
  {
    name: 'nanoid',
    imports: { nanoid: '/node_modules/nanoid/index.browser.js' },
    program: `import { customAlphabet, nanoid } from 'nanoid';
      export default [nanoid().length, /^[\\w-]{10}$/.test(nanoid(10)), /^[abc]{50}$/.test(customAlphabet('abc', 50)()), nanoid() === nanoid()]`,
    result: [21, true, true, false],
  },
  {
    name: 'jose',
    imports: { jose: '/node_modules/jose/dist/webapi/index.js' },
    program: `import * as jose from 'jose';
      const secret = new TextEncoder().encode('a secret of thirty-two characters');
      const jwt = await new jose.SignJWT({ role: 'admin' }).setProtectedHeader({ alg: 'HS256' })
        .setSubject('ada').setIssuedAt().setExpirationTime('2h').sign(secret);
      const { payload } = await jose.jwtVerify(jwt, secret);
      const forged = await jose.jwtVerify(jwt.slice(0, -4) + 'AAAA', secret).catch((error) => error.code);
      const { publicKey, privateKey } = await jose.generateKeyPair('ES256');
      const signed = await new jose.CompactSign(new TextEncoder().encode('text')).setProtectedHeader({ alg: 'ES256' }).sign(privateKey);
      const verified = await jose.compactVerify(signed, publicKey);
      const sealed = await new jose.EncryptJWT({ a: 1 }).setProtectedHeader({ alg: 'dir', enc: 'A256GCM' }).encrypt(secret.slice(0, 32));
      const opened = await jose.jwtDecrypt(sealed, secret.slice(0, 32));
      export default [payload.sub, payload.role, payload.exp - payload.iat, forged,
        new TextDecoder().decode(verified.payload), opened.payload]`,
    result: ['ada', 'admin', 7200, 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED', 'text', { a: 1 }],
  },
  {
    name: 'superjson, with what it depends on',
    imports: {
      superjson: '/node_modules/superjson/dist/index.js',
      'copy-anything': '/node_modules/copy-anything/dist/index.js',
    },
    program: `import superjson from 'superjson';
      const value = { at: new Date(0), tags: new Set(['a']), big: 10n, re: /x/g, none: undefined };
      const text = superjson.stringify(value);
      const copy = superjson.parse(text);
      export default [copy.at instanceof Date, [...copy.tags], String(copy.big), String(copy.re), 'none' in copy, JSON.parse(text).json]`,
    result: [
      true,
      ['a'],
      '10',
      '/x/g',
      true,
      { at: '1970-01-01T00:00:00.000Z', tags: ['a'], big: '10', re: '/x/g', none: null },
    ],
  },
  {
    name: 'yaml, in files',
    imports: { yaml: '/node_modules/yaml/browser/index.js' },
    program: `import { parse, parseDocument, stringify } from 'yaml';
      const document = parseDocument('a: 1 # one\\nb:\\n  - x\\n  - &id y\\n  - *id\\n');
      document.set('c', { d: [true, null] });
      export default [parse('a: 1\\nb: [x, "y"]\\nc: |\\n  two\\n  lines\\n'), String(document), stringify({ k: ['v', { w: 1.5 }] })]`,
    result: [
      { a: 1, b: ['x', 'y'], c: 'two\nlines\n' },
      'a: 1 # one\nb:\n  - x\n  - &id y\n  - *id\nc:\n  d:\n    - true\n    - null\n',
      'k:\n  - v\n  - w: 1.5\n',
    ],
  },
];

/** Each package as CDNs give it: one file. */
const inOneFile: readonly LibraryUse[] = [
  {
    name: 'dayjs',
    imports: { dayjs: '/bundle/dayjs', utc: '/bundle/dayjs/plugin/utc.js' },
    program: `import dayjs from 'dayjs'; import utc from 'utc';
      dayjs.extend(utc);
      const day = dayjs.utc('2024-02-28T12:00:00Z');
      export default [day.add(2, 'day').format('YYYY-MM-DD ddd'), day.endOf('month').date(),
        dayjs.utc('2025-01-01').diff(day, 'week'), day.isBefore('2024-03-01')]`,
    result: ['2024-03-01 Fri', 29, 43, true],
  },
  {
    name: 'ajv',
    imports: { ajv: '/bundle/ajv' },
    program: `import Ajv from 'ajv';
      const ajv = new (Ajv.default ?? Ajv)({ allErrors: true });
      const validate = ajv.compile({ type: 'object', required: ['a'], additionalProperties: false,
        properties: { a: { type: 'integer', minimum: 2 }, b: { type: 'array', uniqueItems: true, items: { enum: ['x', 'y'] } } } });
      const good = validate({ a: 2, b: ['x', 'y'] });
      validate({ a: 1.5, b: ['x', 'x', 'z'], c: 1 });
      export default [good, validate.errors.map(({ instancePath, keyword }) => instancePath + ' ' + keyword).sort()]`,
    result: [
      true,
      ['/a minimum', '/a type', '/b uniqueItems', '/b/2 enum', ' additionalProperties'].sort(),
    ],
  },
  {
    name: 'marked',
    imports: { marked: '/bundle/marked' },
    program: `import { marked } from 'marked';
      export default marked.parse('# Title\\n\\nSome *text* with \`code\` and <b>html</b>.\\n\\n- one\\n- [two](https://example.com "t")\\n\\n| a | b |\\n|---|:-:|\\n| 1 | 2 |\\n')`,
    result:
      '<h1>Title</h1>\n<p>Some <em>text</em> with <code>code</code> and <b>html</b>.</p>\n<ul>\n<li>one</li>\n<li><a href="https://example.com" title="t">two</a></li>\n</ul>\n<table>\n<thead>\n<tr>\n<th>a</th>\n<th align="center">b</th>\n</tr>\n</thead>\n<tbody><tr>\n<td>1</td>\n<td align="center">2</td>\n</tr>\n</tbody></table>\n',
  },
  {
    name: 'mustache',
    imports: { mustache: '/node_modules/mustache/mustache.mjs' },
    program: `import Mustache from 'mustache';
      export default Mustache.render('{{#people}}{{name}}{{^last}}, {{/last}}{{/people}} {{{raw}}} {{raw}} {{> part}}',
        { people: [{ name: 'Ada' }, { name: 'Alan', last: true }], raw: '<b>', x: 1 }, { part: 'x={{x}}' })`,
    result: 'Ada, Alan <b> &lt;b&gt; x=1',
  },
  {
    name: 'handlebars',
    imports: { handlebars: '/bundle/handlebars/dist/handlebars.js' },
    program: `import Handlebars from 'handlebars';
      Handlebars.registerHelper('loud', (text) => text.toUpperCase());
      const template = Handlebars.compile('{{#each items}}{{@index}}:{{loud name}}{{#if more}}, {{else}}.{{/if}}{{/each}} {{html}} {{{html}}}');
      export default template({ items: [{ name: 'a', more: true }, { name: 'b' }], html: '<i>' })`,
    result: '0:A, 1:B. &lt;i&gt; <i>',
  },
  {
    name: 'papaparse',
    imports: { papaparse: '/bundle/papaparse' },
    program: `import Papa from 'papaparse';
      const { data, errors, meta } = Papa.parse('name;n\\n"Smith; ""J""";1\\nDoe;2.5\\n', { header: true, dynamicTyping: true, skipEmptyLines: true });
      export default [data, errors, meta.delimiter, Papa.unparse([{ a: 'x,y', b: 'q"' }, { a: 1, b: null }])]`,
    result: [
      [
        { name: 'Smith; "J"', n: 1 },
        { name: 'Doe', n: 2.5 },
      ],
      [],
      ';',
      'a,b\r\n"x,y","q"""\r\n1,',
    ],
  },
  {
    name: 'js-yaml',
    imports: { 'js-yaml': '/bundle/js-yaml' },
    program: `import * as yaml from 'js-yaml';
      const error = (() => { try { yaml.load('a: [1') } catch (e) { return e.name } })();
      export default [yaml.load('list: &l [1, 2]\\ncopy: *l\\nn: ~\\ndate: 2026-01-02\\ntext: >-\\n  a\\n  b\\n'), yaml.dump({ a: [1, { b: 'x: y' }] }), error]`,
    result: [
      { list: [1, 2], copy: [1, 2], n: null, date: '2026-01-02', text: 'a b' },
      "a:\n  - 1\n  - b: 'x: y'\n",
      'YAMLException',
    ],
  },
  {
    name: 'decimal.js',
    imports: { 'decimal.js': '/node_modules/decimal.js/decimal.mjs' },
    program: `import Decimal from 'decimal.js';
      Decimal.set({ precision: 40 });
      export default [new Decimal('0.1').plus('0.2').toString(), Decimal.sqrt(2).toString(), new Decimal(2).pow(200).toFixed(), Decimal.acos(-1).toString()]`,
    result: [
      '0.3',
      '1.41421356237309504880168872420969807857',
      '1606938044258990275541962092341162602522000000000000000000000',
      '3.141592653589793238462643383279502884197',
    ],
  },
  {
    name: 'mathjs',
    imports: { mathjs: '/bundle/mathjs' },
    program: `import { create, all, evaluate, derivative, simplify, inv, unit } from 'mathjs';
      const big = create(all, { number: 'BigNumber', precision: 30 });
      export default [evaluate('sqrt(3^2 + 4^2) + det([1, 2; 3, 4])'), derivative('x^3 + sin(x)', 'x').toString(),
        simplify('2x + 3x').toString(), inv([[2, 0], [0, 4]]), unit('5 km').to('mile').toNumber().toFixed(4),
        String(big.evaluate('1/3')), String(evaluate('(2 + 3i) * i'))]`,
    result: [
      3,
      '3 * x ^ 2 + cos(x)',
      '5 * x',
      [
        [0.5, 0],
        [0, 0.25],
      ],
      '3.1069',
      '0.333333333333333333333333333333',
      '-3 + 2i',
    ],
  },
  {
    name: 'jsonata',
    imports: { jsonata: '/bundle/jsonata' },
    program: `import jsonata from 'jsonata';
      const order = { items: [{ sku: 'a', n: 2, price: 1.5 }, { sku: 'b', n: 1, price: 10 }] };
      export default [await jsonata('$sum(items.(n * price))').evaluate(order),
        await jsonata('items[price > 5].sku').evaluate(order),
        await jsonata('items^(>price).{ "sku": $uppercase(sku) }').evaluate(order),
        await jsonata('$fromMillis(0, "[Y]-[M01]-[D01]")').evaluate({})]`,
    result: [13, 'b', [{ sku: 'B' }, { sku: 'A' }], '1970-01-01'],
  },
  {
    name: 'immer',
    imports: { immer: '/bundle/immer' },
    program: `import { enableMapSet, enablePatches, produce, produceWithPatches } from 'immer';
      enableMapSet(); enablePatches();
      const base = { list: [{ done: false }, { done: true }], tags: new Set(['a']) };
      const next = produce(base, (draft) => { draft.list[0].done = true; draft.tags.add('b') });
      const [, patches] = produceWithPatches({ a: [1] }, (draft) => { draft.a.push(2) });
      export default [base.list[0].done, next.list[0].done, next.list[1] === base.list[1], [...next.tags], Object.isFrozen(next), patches]`,
    result: [false, true, true, ['a', 'b'], true, [{ op: 'add', path: ['a', 1], value: 2 }]],
  },
  {
    name: 'rxjs',
    imports: { rxjs: '/bundle/rxjs' },
    program: `import { combineLatest, firstValueFrom, from, interval, map, mergeMap, of, scan, Subject, take, throwError, catchError, timer, toArray } from 'rxjs';
      const sums = await firstValueFrom(interval(2).pipe(take(4), scan((a, b) => a + b, 0), toArray()));
      const merged = await firstValueFrom(from([3, 1, 2]).pipe(mergeMap((n) => timer(n * 10).pipe(map(() => n))), toArray()));
      const caught = await firstValueFrom(throwError(() => new Error('no')).pipe(catchError((e) => of(e.message))));
      const both = await firstValueFrom(combineLatest([of(1), of('x')]));
      const subject = new Subject(); const seen = []; subject.subscribe((v) => seen.push(v)); subject.next('a'); subject.next('b');
      export default [sums, merged, caught, both, seen]`,
    result: [[0, 1, 3, 6], [1, 2, 3], 'no', [1, 'x'], ['a', 'b']],
  },
  {
    name: 'semver',
    imports: { semver: '/bundle/semver' },
    program: `import semver from 'semver';
      export default [semver.satisfies('1.4.2', '^1.2.0 || >=3'), semver.inc('1.2.3-beta.1', 'prerelease'), semver.coerce('v2').version,
        semver.maxSatisfying(['1.2.0', '1.10.0', '2.0.0'], '1.x'), ['1.0.0', '1.0.0-rc.1', '0.9.9'].sort(semver.compare)]`,
    result: [true, '1.2.3-beta.2', '2.0.0', '1.10.0', ['0.9.9', '1.0.0-rc.1', '1.0.0']],
  },
  {
    name: 'fuse.js',
    imports: { 'fuse.js': '/bundle/fuse.js' },
    program: `import Fuse from 'fuse.js';
      const fuse = new Fuse([{ t: 'Old Man\\'s War' }, { t: 'The Lock Artist' }, { t: 'The Lost Symbol' }], { keys: ['t'], includeScore: true, threshold: 0.4 });
      export default [fuse.search('lokc').map(({ item }) => item.t), fuse.search('war')[0].refIndex]`,
    result: [['The Lock Artist'], 0],
  },
  {
    name: 'acorn',
    imports: { acorn: '/node_modules/acorn/dist/acorn.mjs' },
    program: `import { parse, tokenizer } from 'acorn';
      const tree = parse('const f = async (a = 1) => { for await (const b of a?.c ?? []) yield_(b) }', { ecmaVersion: 2025 });
      const error = (() => { try { parse('let = ;', { ecmaVersion: 2025 }) } catch (e) { return e.loc } })();
      export default [tree.body[0].declarations[0].init.body.body[0].type, [...tokenizer('a + 0x1f', { ecmaVersion: 2025 })].map((t) => t.type.label), error]`,
    result: ['ForOfStatement', ['name', '+/-', 'num'], { line: 1, column: 6 }],
  },
  {
    name: 'prettier, standalone',
    imports: {
      prettier: '/node_modules/prettier/standalone.mjs',
      'plugins/': '/node_modules/prettier/plugins/',
    },
    program: `import { format } from 'prettier';
      import * as babel from 'plugins/babel.mjs'; import * as estree from 'plugins/estree.mjs';
      import * as postcss from 'plugins/postcss.mjs';
      export default [await format('const a={b:1,c:[1,2,3]};if(a)foo( a ,"x")', { parser: 'babel', plugins: [babel, estree], singleQuote: true }),
        await format('a{color:red;b{c:d}}', { parser: 'scss', plugins: [postcss] })]`,
    result: [
      "const a = { b: 1, c: [1, 2, 3] };\nif (a) foo(a, 'x');\n",
      'a {\n  color: red;\n  b {\n    c: d;\n  }\n}\n',
    ],
  },
  {
    name: 'csv-parse',
    imports: { 'csv-parse': '/node_modules/csv-parse/dist/esm/sync.js' },
    program: `import { parse } from 'csv-parse';
      const error = (() => { try { parse('a,b\\n1') } catch (e) { return e.code } })();
      export default [parse('id,text\\n1,"a ""quoted"", text"\\n2,line\\n', { columns: true, cast: true }), error]`,
    result: [
      [
        { id: 1, text: 'a "quoted", text' },
        { id: 2, text: 'line' },
      ],
      'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH',
    ],
  },
  {
    name: 'fflate',
    imports: { fflate: '/node_modules/fflate/esm/browser.js' },
    program: `import { gunzipSync, gzipSync, strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
      const text = 'again and again '.repeat(1000);
      const packed = gzipSync(strToU8(text), { mtime: 0 });
      const zip = zipSync({ 'a.txt': strToU8('A'), dir: { 'b.txt': strToU8('B') } });
      const native = await new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'))).text();
      export default [packed.length < 200, strFromU8(gunzipSync(packed)) === text, native === text,
        Object.entries(unzipSync(zip)).map(([name, bytes]) => [name, strFromU8(bytes)])]`,
    result: [
      true,
      true,
      true,
      [
        ['a.txt', 'A'],
        ['dir/', ''],
        ['dir/b.txt', 'B'],
      ],
    ],
  },
  {
    name: 'luxon',
    imports: { luxon: '/bundle/luxon' },
    program: `import { DateTime, Duration, Interval } from 'luxon';
      const start = DateTime.fromISO('2026-03-28T12:00', { zone: 'Europe/Berlin' });
      export default [start.plus({ days: 1 }).toISO(), start.plus({ hours: 24 }).toISO(), start.setLocale('de').toFormat('cccc, d. LLLL yyyy'),
        Duration.fromMillis(5_400_000).toFormat('h:mm'), Interval.after(start, { weeks: 1 }).length('days'), start.setZone('America/New_York').toFormat('HH:mm ZZZZ')]`,
    result: [
      '2026-03-29T12:00:00.000+02:00',
      '2026-03-29T13:00:00.000+02:00',
      'Samstag, 28. März 2026',
      '1:30',
      7,
      '07:00 EDT',
    ],
  },
  {
    name: 'fast-xml-parser',
    imports: { 'fast-xml-parser': '/bundle/fast-xml-parser' },
    program: `import { XMLBuilder, XMLParser, XMLValidator } from 'fast-xml-parser';
      const options = { ignoreAttributes: false, attributeNamePrefix: '@' };
      const value = new XMLParser(options).parse('<list><item id="1">a &amp; b</item><item id="2"><![CDATA[<c>]]></item></list>');
      export default [value, new XMLBuilder(options).build(value), XMLValidator.validate('<a><b></a>').err.code]`,
    result: [
      {
        list: {
          item: [
            { '#text': 'a & b', '@id': '1' },
            { '#text': '<c>', '@id': '2' },
          ],
        },
      },
      '<list><item id="1">a &amp; b</item><item id="2">&lt;c&gt;</item></list>',
      'InvalidTag',
    ],
  },
];

export const libraryUses: readonly LibraryUse[] = [...inFiles, ...inOneFile];
