import * as XLSX from 'xlsx';

const rows = [
  { name: 'Ada', born: new Date(Date.UTC(1815, 11, 10)), score: 0.1 + 0.2, ok: true },
  { name: 'Grüße "x", y', born: new Date(Date.UTC(2026, 1, 3, 4, 5, 6)), score: 1e21, ok: false },
  { name: '=1+1', score: -1e-7 },
];
const book = XLSX.utils.book_new();
const sheet = XLSX.utils.json_to_sheet(rows, { UTC: true });
sheet.F1 = { t: 'n', f: 'SUM(C2:C3)', v: 1 };
sheet['!ref'] = 'A1:F4';
sheet['!merges'] = [XLSX.utils.decode_range('A5:B6')];
sheet['!cols'] = [{ wch: 20 }];
XLSX.utils.book_append_sheet(book, sheet, 'People');
XLSX.utils.book_append_sheet(
  book,
  XLSX.utils.aoa_to_sheet([
    [1, 2.5, 'text'],
    [null, true],
  ]),
  'Numbers',
);
book.Props = { Title: 'Test', CreatedDate: new Date(0), ModifiedDate: new Date(0) };
const bytes = XLSX.write(book, { type: 'array', bookType: 'xlsx', compression: true });
const back = XLSX.read(bytes, { cellDates: true, cellFormula: true });
const formats = ['csv', 'html', 'fods', 'xlml', 'slk', 'eth', 'prn', 'txt'];
const biff = XLSX.write(book, { type: 'array', bookType: 'biff8' });

export default [
  back.SheetNames,
  XLSX.utils.sheet_to_json(back.Sheets.People),
  XLSX.utils.sheet_to_json(back.Sheets.People, { raw: false, header: 1 }),
  XLSX.utils.sheet_to_formulae(back.Sheets.People),
  formats.map((bookType) => XLSX.write(book, { type: 'string', bookType })),
  XLSX.utils.sheet_to_json(XLSX.read(biff).Sheets.People),
  XLSX.utils.sheet_to_json(
    XLSX.read('a;b\n1,5;02.03.2026\n', { type: 'string', FS: ';' }).Sheets.Sheet1,
  ),
  [
    XLSX.SSF.format('#,##0.00', 1234567.891),
    XLSX.SSF.format('yyyy-mm-dd hh:mm', 45000.5),
    XLSX.SSF.format('0.00E+00', 0.000123),
    XLSX.SSF.format('# ?/?', 1.25),
  ],
];
