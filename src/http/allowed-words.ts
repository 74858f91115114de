import { shorten } from '../lib/shorten.ts';

/** The parts of a JSON schema that bound one value. */
export type ValueSchema = {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly ValueSchema[];
  readonly items?: ValueSchema;
  readonly properties?: Readonly<Record<string, ValueSchema>>;
  readonly format?: string;
  readonly pattern?: string;
  readonly examples?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly multipleOf?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
};

const NAMES_SHOWN = 40;

/** What a schema allows, in words that follow "must be": `an integer between 1 and 1000`, `one of a, b`. */
export function allowedWords(schema: ValueSchema): string {
  if (schema.enum !== undefined) return `one of ${nameList(schema.enum.map(String))}`;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.anyOf !== undefined) return alternatives(schema.anyOf);
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? []);
  return types.map((type) => TYPE_WORDS[type]?.(schema) ?? type).join(' or ') || 'something else';
}

/** A value of the client, short: text in quotes, lists and objects by their size. */
export function shownValue(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length} ${value.length === 1 ? 'item' : 'items'}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value !== 'string') return String(value);
  const length = value.length > 200 ? ` (${value.length} characters)` : '';
  return `${JSON.stringify(shorten(value))}${length}`;
}

/** Names separated by commas, the first forty of them. */
export function nameList(names: readonly string[]): string {
  const more = names.length - NAMES_SHOWN;
  return names.slice(0, NAMES_SHOWN).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

function alternatives(schemas: readonly ValueSchema[]): string {
  const isWordList = schemas.every((schema) => schema.const !== undefined);
  if (isWordList) return `one of ${nameList(schemas.map((schema) => String(schema.const)))}`;
  return [...new Set(schemas.map(allowedWords))].join(' or ');
}

const TYPE_WORDS: Readonly<Record<string, (schema: ValueSchema) => string>> = {
  null: () => 'null',
  boolean: () => 'true or false',
  object: () => 'an object',
  integer: (schema) => `an integer${range(schema)}`,
  number: (schema) => `a number${range(schema)}`,
  array: (schema) =>
    `a list${amount(schema.minItems, schema.maxItems, 'item')}${schema.uniqueItems === true ? ' without repeats' : ''}`,
  string: textWords,
};

const FORMAT_WORDS: Readonly<Record<string, string>> = {
  date: 'a date such as 2024-01-31',
  'date-time': 'a timestamp such as 2024-01-31T12:00:00Z',
};

function textWords(schema: ValueSchema): string {
  const format = FORMAT_WORDS[schema.format ?? ''];
  if (format !== undefined) return format;
  const length = amount(schema.minLength, schema.maxLength, 'character');
  const pattern = schema.pattern === undefined ? '' : ` that matches ${schema.pattern}`;
  const example = pattern !== '' && schema.examples?.length ? `, such as ${JSON.stringify(schema.examples[0])}` : '';
  return `text${length}${pattern}${example}`;
}

function range(schema: ValueSchema): string {
  const { minimum, maximum, exclusiveMinimum: above, exclusiveMaximum: below, multipleOf } = schema;
  const bounds = [
    minimum !== undefined && maximum !== undefined ? `between ${minimum} and ${maximum}` : undefined,
    minimum !== undefined && maximum === undefined ? `of at least ${minimum}` : undefined,
    minimum === undefined && maximum !== undefined ? `of at most ${maximum}` : undefined,
    above !== undefined ? `greater than ${above}` : undefined,
    below !== undefined ? `less than ${below}` : undefined,
    multipleOf !== undefined ? `that is a multiple of ${multipleOf}` : undefined,
  ].filter((words) => words !== undefined);
  return bounds.length === 0 ? '' : ` ${bounds.join(' and ')}`;
}

function amount(least: number | undefined, most: number | undefined, noun: string): string {
  const plural = (count: number): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
  if (least !== undefined && most !== undefined)
    return least === most ? ` of ${plural(most)}` : ` of ${least} to ${plural(most)}`;
  if (most !== undefined) return ` of at most ${plural(most)}`;
  return least === undefined ? '' : ` of at least ${plural(least)}`;
}
