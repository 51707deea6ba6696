// Tables as CSV for spreadsheets (RFC 4180) as a Slovenian Excel opens them at a double click: UTF-8 with a byte
// order mark, semicolons, decimal commas. Texts that a spreadsheet would run as a formula are made inert.

const MARK = '\ufeff';
const FORMULA = /^[\t\r\n ]*[=+\-@\uff1d\uff0b\uff0d\uff20]/;

/** The file; `rows` hold texts, numbers and null for what is not known. */
export function writeCsv(heading, rows) {
  return MARK + [heading, ...rows].map((row) => `${row.map(writeCell).join(';')}\r\n`).join('');
}

function writeCell(value) {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return String(value).replace('.', ',');
  const inert = FORMULA.test(value) ? `'${value}` : value;
  return /[";\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
