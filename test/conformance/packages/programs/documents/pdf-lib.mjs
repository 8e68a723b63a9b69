import { degrees, PDFDocument, rgb, StandardFonts } from 'pdf-lib';

const document = await PDFDocument.create();
document.setTitle('Report');
document.setCreationDate(new Date(0));
document.setModificationDate(new Date(0));
const font = await document.embedFont(StandardFonts.TimesRomanItalic);
const page = document.addPage([300, 200]);
page.drawText('Grüße, naïve – “text” €', {
  x: 20,
  y: 150,
  size: 18.5,
  font,
  color: rgb(0.1, 0.2, 0.3),
  rotate: degrees(-3),
});
page.drawRectangle({
  x: 10.1,
  y: 10.2,
  width: 99.999,
  height: 1e-5,
  borderColor: rgb(1, 0, 0),
  borderWidth: 2,
});
page.drawSvgPath('M 0,20 L 100,160 Q 130,200 150,120 C 190,-40 200,200 300,150', {
  x: 5,
  y: 190,
  scale: 0.5,
});
const png = Uint8Array.from(
  atob(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  ),
  (c) => c.charCodeAt(0),
);
page.drawImage(await document.embedPng(png), {
  x: 200,
  y: 20,
  width: 50,
  height: 50,
  opacity: 0.75,
});
const form = document.getForm();
form.createTextField('name').setText('Ada');
form.createCheckBox('yes').check();
form.getTextField('name').addToPage(page, { x: 20, y: 60 });
const bytes = await document.save({ useObjectStreams: true });

const copy = await PDFDocument.load(bytes, { updateMetadata: false });
const merged = await PDFDocument.create({ updateMetadata: false });
const [first] = await merged.copyPages(copy, [0]);
merged.addPage(first);
const digest = async (data) =>
  [...new Uint8Array(await crypto.subtle.digest('SHA-256', data))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');

export default [
  bytes.length,
  await digest(bytes),
  copy.getTitle(),
  copy.getPageCount(),
  copy
    .getForm()
    .getFields()
    .map((field) => [field.getName(), field.constructor.name.length > 0]),
  copy.getForm().getTextField('name').getText(),
  await digest(await merged.save({ useObjectStreams: false })),
  font.widthOfTextAtSize('width', 12),
  await PDFDocument.load(new TextEncoder().encode('no pdf')).catch((error) => error.message),
];
