import { integerForm, numberForm } from './number-grammar.ts';

/** Thrown for a schema that cannot be turned into a grammar; its message is one sentence. */
export class SchemaRefusal extends Error {}

/** Where a schema sets no bound of its own. A model that rambles must come to an end some time. */
const bounds = { characters: 400, items: 32, anyDepth: 4, longest: 1000, depth: 64, rules: 2000 } as const;

/** What says something to people only. */
const annotations = new Set(['$schema', '$id', '$anchor', '$comment', 'title', 'description', 'default', 'examples', 'deprecated', 'readOnly', 'writeOnly', '$defs', 'definitions']);
const byType: Record<string, readonly string[]> = {
  object: ['properties', 'required', 'additionalProperties', 'propertyNames'],
  array: ['items', 'prefixItems', 'minItems', 'maxItems'],
  string: ['minLength', 'maxLength'],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
  integer: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
  boolean: [], null: [],
};

type Schema = Record<string, unknown>;

/**
 * A GBNF grammar whose every text is JSON that holds under a JSON schema (of the part of draft 2020-12 that zod and the
 * OpenAI protocol use: types, properties, arrays and tuples, enum, const, anyOf, oneOf, $ref, lengths and ranges). The grammar
 * may say less than the schema: members come in the schema's order and only those it names, strings without a maximum
 * hold at most 400 characters and those with one only ASCII, arrays 32 items, numbers have nine digits before the point and no exponent, and bounds that
 * are no whole numbers are drawn in to whole ones. A reply that is cut by the length is of course no JSON.
 *
 * @throws SchemaRefusal naming the place and the keyword, when some text of a grammar could break the schema.
 */
export function jsonSchemaGrammar(schema: unknown): string {
  const writer = createWriter(schema);
  const root = writer.form(schema, '#', 0);
  return writer.print(root);
}

/** The grammar of any JSON object, nested at most four deep. */
export function jsonObjectGrammar(): string {
  const writer = createWriter({});
  return writer.print(writer.anyObject(bounds.anyDepth));
}

function createWriter(root: unknown) {
  const rules = new Map<string, string>();
  const references = new Map<string, string>();

  function add(form: string): string {
    if (rules.size >= bounds.rules) throw new SchemaRefusal('The schema is too large to be a grammar: ask for less at once.');
    const name = `r${rules.size}`;
    rules.set(name, form);
    return name;
  }

  function shared(name: string, form: () => string): string {
    if (!rules.has(name)) rules.set(name, form());
    return name;
  }

  const character = (wide: boolean) => shared(wide ? 'wide' : 'char', () => (
    // llama.cpp takes some malformed UTF-8 for characters beyond ASCII, of which a reader makes several: where a length counts they stay out.
    `[ !#-\\[\\]-~${wide ? '\\u00A0-\\uD7FF\\uE000-\\uFFFD\\U00010000-\\U0010FFFF' : ''}] | "\\\\" ["\\\\/nt]`));
  const comma = () => shared('comma', () => '"," " "?');
  const colon = () => shared('colon', () => '":" " "?');
  const text = (from: number, to: number, wide: boolean) => `"\\"" ${character(wide)}{${from},${to}} "\\""`;

  function list(item: string, from: number, to: number): string {
    if (to === 0) return '"[" "]"';
    const more = to === 1 ? '' : ` (${comma()} ${item}){${Math.max(0, from - 1)},${to - 1}}`;
    return from === 0 ? `"[" (${item}${more})? "]"` : `"[" ${item}${more} "]"`;
  }

  function map(value: string): string {
    const member = add(`${text(1, 60, true)} ${colon()} ${value}`);
    return `"{" (${member} (${comma()} ${member}){0,${bounds.items - 1}})? "}"`;
  }

  function anyObject(depth: number): string {
    return shared(`object${depth}`, () => map(anyValue(depth - 1)));
  }

  function anyValue(depth: number): string {
    return shared(`any${depth}`, () => [
      text(0, bounds.characters, true), numberForm({}), '"true" | "false" | "null"',
      ...(depth > 0 ? [anyObject(depth), list(anyValue(depth - 1), 0, bounds.items)] : []),
    ].join(' | '));
  }

  /** The form of a schema, as the name of a rule. */
  function form(schema: unknown, at: string, depth: number): string {
    if (depth > bounds.depth) throw new SchemaRefusal(`The schema is nested more than ${bounds.depth} deep at ${at}.`);
    if (schema === true) return anyValue(bounds.anyDepth);
    if (!isSchema(schema)) throw new SchemaRefusal(`The schema at ${at} is ${clip(schema)}, where an object or true was expected.`);
    if (typeof schema['$ref'] === 'string') return only(schema, ['$ref'], at) && reference(schema['$ref'], at, depth);
    if ('const' in schema) return only(schema, ['const', 'type'], at) && add(literal(schema['const'], at));
    if ('enum' in schema) {
      const values = schema['enum'];
      if (!Array.isArray(values) || values.length === 0) throw new SchemaRefusal(`The enum at ${at} is ${clip(values)}, where a list of values was expected.`);
      return only(schema, ['enum', 'type'], at) && add(values.map((value) => literal(value, at)).join(' | '));
    }
    for (const key of ['anyOf', 'oneOf', 'allOf']) {
      if (!(key in schema)) continue;
      const parts = schema[key];
      if (!Array.isArray(parts) || parts.length === 0) throw new SchemaRefusal(`The ${key} at ${at} is ${clip(parts)}, where a list of schemas was expected.`);
      // What holds under all of one is that one; more than one would need the grammar of an intersection.
      if (key === 'allOf' && parts.length > 1) throw unable('allOf', at);
      return only(schema, [key], at) && add(parts.map((part, i) => form(part, `${at}/${key}/${i}`, depth + 1)).join(' | '));
    }
    const type = schema['type'];
    if (Array.isArray(type) && type.length > 0) return add(type.map((one) => typed(schema, one, at, depth, type)).join(' | '));
    if (type === undefined) return only(schema, [], at) && anyValue(bounds.anyDepth);
    return typed(schema, type, at, depth, [type]);
  }

  function typed(schema: Schema, type: unknown, at: string, depth: number, all: readonly unknown[]): string {
    if (typeof type !== 'string' || !Object.hasOwn(byType, type)) throw new SchemaRefusal(`The type at ${at} is ${clip(type)}, which is none of ${Object.keys(byType).join(', ')}.`);
    only(schema, ['type', ...all.flatMap((one) => byType[String(one)] ?? [])], at);
    if (type === 'null') return add('"null"');
    if (type === 'boolean') return add('"true" | "false"');
    if (type === 'string') {
      const from = whole(schema, 'minLength', at) ?? 0;
      const most = whole(schema, 'maxLength', at);
      const to = Math.min(most ?? Math.max(bounds.characters, from), bounds.longest);
      if (from > to) throw new SchemaRefusal(`The string at ${at} must have at least ${from} characters and at most ${to}, which cannot be.`);
      return add(text(from, to, most === undefined));
    }
    if (type === 'number' || type === 'integer') {
      const range = {
        minimum: real(schema, 'minimum', at), maximum: real(schema, 'maximum', at),
        exclusiveMinimum: real(schema, 'exclusiveMinimum', at), exclusiveMaximum: real(schema, 'exclusiveMaximum', at),
      };
      const written = type === 'integer' ? integerForm(range) : numberForm(range);
      if (written === undefined) throw new SchemaRefusal(`No whole number lies within the bounds of the ${type} at ${at}: widen them.`);
      return add(written);
    }
    return type === 'object' ? object(schema, at, depth) : array(schema, at, depth);
  }

  function array(schema: Schema, at: string, depth: number): string {
    const from = whole(schema, 'minItems', at) ?? 0;
    const most = whole(schema, 'maxItems', at);
    const { prefixItems = [], items = true } = schema;
    if (!Array.isArray(prefixItems)) throw new SchemaRefusal(`The prefixItems at ${at} is ${clip(prefixItems)}, where a list of schemas was expected.`);
    if (prefixItems.length > 0) {
      // A tuple is written whole and with nothing after it.
      const { length } = prefixItems;
      if (from > length || (most !== undefined && most < length)) throw unable('prefixItems with other lengths', at);
      return add(`"[" ${prefixItems.map((item, i) => form(item, `${at}/prefixItems/${i}`, depth + 1)).join(` ${comma()} `)} "]"`);
    }
    const to = Math.min(most ?? Math.max(bounds.items, from), bounds.longest);
    if (from > to) throw new SchemaRefusal(`The array at ${at} must have at least ${from} items and at most ${to}, which cannot be.`);
    if (items === false) return list('""', 0, 0);
    return add(list(form(items, `${at}/items`, depth + 1), from, to));
  }

  function object(schema: Schema, at: string, depth: number): string {
    const { properties = {}, required = [], additionalProperties = true, propertyNames } = schema;
    if (!isSchema(properties) || !Array.isArray(required)) throw new SchemaRefusal(`The properties or required at ${at} are of another form than a schema's.`);
    if (propertyNames !== undefined && !(isSchema(propertyNames) && Object.keys(propertyNames).every((key) => key === 'type'))) throw unable('propertyNames', at);
    const names = Object.keys(properties);
    const missing = required.find((name) => typeof name !== 'string' || !names.includes(name));
    if (missing !== undefined) throw new SchemaRefusal(`The object at ${at} requires ${clip(missing)}, which is none of its properties.`);
    if (names.length === 0) {
      if (additionalProperties === false) return add('"{" "}"');
      return add(map(form(additionalProperties, `${at}/additionalProperties`, depth + 1)));
    }
    const members = names.map((name) => ({
      form: add(`${literal(name, at)} ${colon()} ${form(properties[name], `${at}/properties/${name}`, depth + 1)}`), required: required.includes(name),
    }));
    // From the last member backwards: what may follow once a member is written, and what may follow while none is.
    let after = '""';
    let before = '""';
    for (const member of members.reverse()) {
      const alone = `${member.form} ${after}`;
      before = add(member.required ? alone : `${alone} | ${before}`);
      after = add(member.required ? `${comma()} ${member.form} ${after}` : `(${comma()} ${member.form})? ${after}`);
    }
    return add(`"{" ${before} "}"`);
  }

  /** Each place that is referred to becomes one rule, so that a schema may contain itself. */
  function reference(pointer: string, at: string, depth: number): string {
    const known = references.get(pointer);
    if (known !== undefined) return known;
    let target = root;
    for (const step of pointer.split('/').slice(1)) {
      const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
      target = isSchema(target) && Object.hasOwn(target, key) ? target[key] : undefined;
    }
    if (!pointer.startsWith('#') || target === undefined) throw new SchemaRefusal(`The schema at ${at} refers to ${clip(pointer)}, which is no place in it.`);
    const name = `ref${references.size}`;
    references.set(pointer, name);
    rules.set(name, form(target, pointer, depth + 1));
    return name;
  }

  return {
    form, anyObject,
    print: (start: string) => [['root', start], ...rules].map(([name, right]) => `${name} ::= ${right}\n`).join(''),
  };
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Always true; a keyword that would go unheeded is refused, for a reply could break it. */
function only(schema: Schema, known: readonly string[], at: string): true {
  for (const key of Object.keys(schema)) if (!annotations.has(key) && !known.includes(key)) throw unable(key, at);
  return true;
}

function unable(keyword: string, at: string): SchemaRefusal {
  return new SchemaRefusal(`The embedded model cannot hold to ${clip(keyword)} at ${at} of the schema: leave it out and check the reply.`);
}

function whole(schema: Schema, key: string, at: string): number | undefined {
  const value = real(schema, key, at);
  if (value === undefined || (Number.isInteger(value) && value >= 0 && value <= Number.MAX_SAFE_INTEGER)) return value;
  throw new SchemaRefusal(`The ${key} at ${at} is ${clip(value)}, where a whole number was expected.`);
}

function real(schema: Schema, key: string, at: string): number | undefined {
  const value = schema[key];
  if (value === undefined || (typeof value === 'number' && Number.isFinite(value))) return value;
  throw new SchemaRefusal(`The ${key} at ${at} is ${clip(value)}, where a number was expected.`);
}

/** A JSON value as it stands in a text, quoted for GBNF. */
function literal(value: unknown, at: string): string {
  const json: string | undefined = JSON.stringify(value);
  if (json === undefined) throw new SchemaRefusal(`The schema at ${at} names a value that is not JSON.`);
  return `"${json.replaceAll(/[\\"]/g, '\\$&')}"`;
}

function clip(value: unknown): string {
  const shown: string | undefined = JSON.stringify(value);
  return shown === undefined ? 'absent' : shown.length > 60 ? `${shown.slice(0, 59)}…` : shown;
}
