// Holds a value against the few words of JSON Schema that our messages need. Pure.

const KINDS = {
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number' && Number.isFinite(value),
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
};

/** True when the value is as the schema says. */
export function fits(schema, value) {
  if (schema.anyOf) return schema.anyOf.some((each) => fits(each, value));
  if ('const' in schema) return value === schema.const;
  if (!KINDS[schema.type](value)) return false;
  if (schema.enum && !schema.enum.includes(value)) return false;
  if (schema.type === 'string') return fitsText(schema, value);
  if (schema.type === 'number') return value >= schema.minimum && value <= schema.maximum;
  if (schema.type === 'array') return fitsList(schema, value);
  return schema.type !== 'object' || fitsRecord(schema, value);
}

function fitsText({ minLength = 0, maxLength = Infinity, pattern }, value) {
  const length = [...value].length;
  return length >= minLength && length <= maxLength && (!pattern || new RegExp(pattern, 'u').test(value));
}

function fitsList({ items, minItems = 0, maxItems = Infinity }, value) {
  return value.length >= minItems && value.length <= maxItems && value.every((each) => fits(items, each));
}

function fitsRecord({ properties, required }, value) {
  return required.every((name) => Object.hasOwn(value, name))
    && Object.entries(value).every(([name, member]) => Object.hasOwn(properties, name) && fits(properties[name], member));
}
