/** The playground: a form that makes a request, and what its run comes to. */

import { createClient, NotAllowedError, ScriptEngineError } from '../client/client.ts';
import { byId, element } from './dom.ts';
import { acceptDrops } from './drop.ts';
import { equivalentsOf } from './equivalents.ts';
import { examplesFor } from './examples.ts';
import { FieldError, messageOf } from './fields.ts';
import { createOutput } from './output.ts';
import { createReport, placeOf } from './report.ts';
import { createRequestForm } from './request-form.ts';
import { fragmentOf, requestIn } from './share.ts';

const runButton = byId('run', HTMLButtonElement);
const stopButton = byId('stop', HTMLButtonElement);
const status = byId('status', HTMLSpanElement);
const clock = byId('clock', HTMLSpanElement);
const keyRow = byId('key-row', HTMLDivElement);
const key = byId('key', HTMLInputElement);
const sharedRow = byId('shared', HTMLParagraphElement);
const link = byId('link', HTMLInputElement);
const equivalents = byId('equivalents', HTMLDetailsElement);

/** Where this page is, there the API is. */
const endpoint = new URL('.', location.href).href;

const form = createRequestForm(changed);
const output = createOutput();
const report = createReport(({ line, column }) => {
  form.code.mark(line, column, status.textContent ?? '');
  form.code.focus();
});
/** Of the run that goes on. */
let running: AbortController | null = null;

function changed(): void {
  sharedRow.hidden = true;
  if (equivalents.open) showEquivalents();
}

function say(text: string, kind: 'plain' | 'good' | 'bad' = 'plain'): void {
  status.textContent = text;
  status.className = kind;
}

function complain(error: unknown): void {
  say(messageOf(error), 'bad');
  if (error instanceof FieldError) error.focus();
}

async function run(): Promise<void> {
  if (running !== null) return;
  const stop = new AbortController();
  let timer: number | undefined;
  try {
    const request = form.read();
    setRunning(stop);
    output.clear();
    report.clear();
    form.code.unmark();
    say('Running …');
    const startedAt = performance.now();
    timer = setInterval(() => {
      clock.textContent = `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
    }, 100);
    const client = createClient({ endpoint, ...(key.value !== '' && { apiKey: key.value }) });
    for await (const { event, data } of client.stream(request, { signal: stop.signal })) {
      if (event === 'stdout' || event === 'stderr') output.append(event, data.text);
      else if (event === 'log') report.addLog(data);
      else if (event === 'item') report.addItem(data);
      else if (event === 'end') showAnswer(data);
    }
  } catch (error) {
    if (stop.signal.aborted) say('Stopped.', 'bad');
    else showFailure(error);
  } finally {
    clearInterval(timer);
    clock.textContent = '';
    setRunning(null);
  }
}

type Answer = NonNullable<ScriptEngineError['response']>;

function showAnswer(answer: Answer): void {
  report.showAnswer(answer);
  const { error, metadata } = answer;
  const time = metadata.executionTimeMs === null ? '' : ` after ${metadata.executionTimeMs} ms`;
  if (error === null) {
    say(`Success${time}`, 'good');
    return;
  }
  say(`${error.code}${time}: ${error.message}`, 'bad');
  const place = placeOf(error);
  if (place !== null) form.code.mark(place.line, place.column, error.message);
}

function showFailure(error: unknown): void {
  if (!(error instanceof ScriptEngineError)) {
    complain(error);
    return;
  }
  if (error.response !== null) showAnswer(error.response);
  else report.showError(error);
  if (error instanceof NotAllowedError && error.code === 'FORBIDDEN') {
    keyRow.hidden = false;
    changed();
    key.focus();
  }
}

/** Keeps the focus on what the user can press next. */
function setRunning(stop: AbortController | null): void {
  running = stop;
  const hadFocus = document.activeElement === (stop === null ? stopButton : runButton);
  runButton.disabled = stop !== null;
  stopButton.disabled = stop === null;
  if (hadFocus) (stop === null ? runButton : stopButton).focus();
}

async function share(): Promise<void> {
  const fragment = await fragmentOf(form.read());
  if (fragment === null) throw new Error('The request is too long for a link');
  history.replaceState(null, '', fragment);
  link.value = location.href;
  sharedRow.hidden = false;
  link.select();
  say('The link holds the request, and nothing was sent anywhere.');
}

/** Fills in what a link holds. It never runs by itself. */
async function openLink(): Promise<void> {
  const request = await requestIn(location.hash);
  if (request === null) return;
  form.write(request);
  say('The link filled in this request. Look at it before you run it.');
}

function showEquivalents(): void {
  let texts = { curl: '', typescript: '' };
  try {
    texts = equivalentsOf(form.read(), endpoint, !keyRow.hidden);
  } catch (error) {
    texts.curl = messageOf(error);
  }
  byId('curl', HTMLPreElement).textContent = texts.curl;
  byId('typescript', HTMLPreElement).textContent = texts.typescript;
}

async function copy(id: string): Promise<void> {
  await navigator.clipboard.writeText(byId(id, HTMLPreElement).textContent ?? '');
  say('Copied.');
}

function offerExamples(): void {
  const select = byId('examples', HTMLSelectElement);
  const examples = examplesFor(location);
  select.append(
    ...examples.map(({ title }, index) => element('option', { value: String(index) }, title)),
  );
  select.addEventListener('change', () => {
    const example = examples[Number(select.value)];
    if (select.value === '' || example === undefined) return;
    form.write(example.request);
    say(example.title);
  });
}

runButton.addEventListener('click', run);
stopButton.addEventListener('click', () => running?.abort());
byId('share', HTMLButtonElement).addEventListener('click', () => void share().catch(complain));
equivalents.addEventListener('toggle', changed);
for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-copies]')) {
  button.addEventListener('click', () => void copy(button.dataset.copies ?? '').catch(complain));
}
// Before the editors, to which it means another thing.
document.addEventListener(
  'keydown',
  (event) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.stopPropagation();
    void run();
  },
  { capture: true },
);
addEventListener('hashchange', () => void openLink().catch(complain));

form.write({
  code: `interface Guest { name: string }

const greet = ({ name }: Guest) => \`Hello, \${name}!\`;
console.log(greet(input));
({ greeted: input.name, at: new Date() });
`,
  input: { name: 'Ada' },
});
offerExamples();
acceptDrops(form, say);
await openLink().catch(complain);
