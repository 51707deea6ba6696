// Texts and numbers in the language of the page. Texts come with the configuration, from viewer/texts/.

export class Wording {
  constructor(texts, language) {
    this.language = language;
    this._texts = texts;
    const locale = language === 'en' ? 'en-GB' : 'sl-SI';
    this._numbers = new Map();
    this._locale = locale;
    this._decimalSign = language === 'en' ? '.' : ',';
    this._date = new Intl.DateTimeFormat(locale, { day: 'numeric', month: language === 'en' ? 'long' : 'numeric', year: 'numeric' });
  }

  /** The text under a key such as `search.label`, its {names} replaced. */
  say(key, values = {}) {
    const text = this._texts[key];
    if (text === undefined) throw new Error(`no text ${key} in ${this.language}`);
    return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  }

  /** `say` in the grammatical number that the language wants: keys end in _one, _two, _few, _other. */
  count(key, number) {
    const form = new Intl.PluralRules(this.language).select(number);
    const key_of_form = `${key}_${form}` in this._texts ? `${key}_${form}` : `${key}_other`;
    return this.say(key_of_form, { count: this.number(number) });
  }

  number(value, digits = 0) {
    if (!this._numbers.has(digits)) {
      this._numbers.set(digits, new Intl.NumberFormat(this._locale, {
        minimumFractionDigits: digits, maximumFractionDigits: digits,
      }));
    }
    return this._numbers.get(digits).format(value);
  }

  /** A coordinate in metres: digits in threes with thin spaces, for dots and commas would be misread. */
  coordinate(value, digits) {
    const [whole, rest] = value.toFixed(digits).split('.');
    const grouped = whole.replace(/\B(?=(\d{3})+$)/g, '\u202f');
    return rest ? `${grouped}${this._decimalSign}${rest}` : grouped;
  }

  date(iso) {
    return this._date.format(new Date(`${iso}T12:00:00`));
  }

  /** An area with the digits that matter at its size. */
  area(squareMetres) {
    if (squareMetres >= 1_000_000) return `${this.number(squareMetres / 1_000_000, 2)} km²`;
    return `${this.number(squareMetres, squareMetres < 10 ? 1 : 0)} m²`;
  }

  /** A length with the digits that matter at its size. */
  length(metres) {
    if (metres >= 1000) return `${this.number(metres / 1000, metres < 10_000 ? 2 : 1)} km`;
    return `${this.number(metres, metres < 10 ? 1 : 0)} m`;
  }

  percent(share) {
    return `${this.number(share * 100)} %`;
  }
}

/** A title within a sentence: small first letter, unless it is an abbreviation. */
export function inSentence(title) {
  return /^\p{Lu}\p{Ll}/u.test(title) ? title[0].toLowerCase() + title.slice(1) : title;
}
