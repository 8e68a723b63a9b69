import { Temporal, Intl as TemporalIntl } from '@js-temporal/polyfill';

const berlin = Temporal.ZonedDateTime.from('2026-03-28T12:30[Europe/Berlin]');
const start = Temporal.PlainDate.from('2024-02-29');
const hebrew = start.withCalendar('hebrew');
const failure = (() => {
  try {
    return Temporal.PlainDate.from({ year: 2026, month: 2, day: 30 }, { overflow: 'reject' });
  } catch (error) {
    return [error.name, error.message];
  }
})();

export default [
  berlin.add({ days: 1 }).toString(),
  berlin.add({ hours: 24 }).toString(),
  berlin.withTimeZone('America/New_York').toPlainDateTime().toString(),
  berlin.until('2026-11-01T00:00[Europe/Berlin]', { largestUnit: 'months' }).toString(),
  start.add({ years: 1 }).toString(),
  start.until('2026-01-01', { largestUnit: 'years' }).toString(),
  [hebrew.year, hebrew.monthCode, hebrew.day, hebrew.inLeapYear],
  start.withCalendar('japanese').era,
  Temporal.Duration.from({ hours: 130, minutes: 20 })
    .round({ largestUnit: 'days', relativeTo: berlin })
    .toString(),
  Temporal.Instant.from('1969-12-31T23:59:59.999999999Z').epochNanoseconds.toString(),
  Temporal.PlainTime.from('12:34:56.789')
    .round({ smallestUnit: 'minute', roundingMode: 'ceil' })
    .toString(),
  Temporal.PlainYearMonth.from('2026-02').daysInMonth,
  [Temporal.PlainDate.compare('2026-01-01', '2025-12-31'), start.equals('2024-02-29')],
  new TemporalIntl.DateTimeFormat('de', { dateStyle: 'full', timeZone: 'UTC' }).format(
    Temporal.Instant.from('2026-01-02T03:04Z'),
  ),
  failure,
  { berlin, start },
];
