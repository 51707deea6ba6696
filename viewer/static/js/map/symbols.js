// From a feature's properties to the symbol it is drawn with. Each symbol is one shared object, so features
// can be grouped by identity and drawn together.

export class SymbolBook {
  /** `style` is the neutral style of the configuration (layers/style.py). */
  constructor(style) {
    this._style = style;
    this._found = new Map();
    this._order = new Map([[style.default, -1], ...style.classes.map((each, index) => [each.symbol, index])]);
    this._classes = new Map(style.classes.map((each) => [each.value, each]));
    this._values = new Map(style.classes.map((each) => [each.symbol, each.value]));
  }

  /** The class value a symbol stands for; null for that of features in no class. */
  valueOf(symbol) {
    return this._values.get(symbol) ?? null;
  }

  find(properties) {
    const { by } = this._style;
    if (by === null) return this._style.default;
    return this.findClass(properties[by])?.symbol ?? this._style.default;
  }

  /** The class of a value, or null; with `match = "prefix"` the longest class value it begins with. */
  findClass(value) {
    if (value === undefined || value === null) return null;
    const text = String(value);
    if (!this._found.has(text)) this._found.set(text, this._search(text));
    return this._found.get(text);
  }

  /** Features by symbol, in the order of the style: [[symbol, features], …]. */
  group(features) {
    const groups = new Map();
    for (const feature of features) {
      const symbol = this.find(feature.properties);
      if (!groups.has(symbol)) groups.set(symbol, []);
      groups.get(symbol).push(feature);
    }
    return [...groups].sort(([one], [other]) => this._order.get(one) - this._order.get(other));
  }

  _search(text) {
    if (this._style.match === 'exact') return this._classes.get(text) ?? null;
    for (let length = text.length; length > 0; length -= 1) {
      const found = this._classes.get(text.slice(0, length));
      if (found) return found;
    }
    return null;
  }
}
