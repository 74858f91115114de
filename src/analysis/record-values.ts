import { CORE_TABLES, type CoreColumn } from '../data/catalog/core-tables.ts';
import type { CoreTableName } from '../data/catalog/model.ts';
import type { Bind } from '../data/sql/sql.ts';
import { AppError, type FieldError } from '../lib/app-error.ts';
import { isCalendarDate } from '../lib/calendar.ts';
import type { Field } from './columns.ts';

type Body = Readonly<Record<string, unknown>>;

/** Fields of a record that clients write; `valueKind` follows from the catalog. */
export function writableFields(fields: readonly Field[]): readonly Field[] {
  return fields.filter(({ field }) => field !== 'valueKind');
}

/**
 * Reads the values of bodies by column, in the warehouse's words. `undefined` members are left out. Throws record.value
 * with every problem at once: what cannot be stored exactly is refused, never rounded or cut.
 */
export function valuesReader(table: CoreTableName, fields: readonly Field[]): (body: Body) => Record<string, Bind> {
  // Worked out once: a bulk write reads thousands of bodies.
  const members = writableFields(fields).map(({ field, column, type }) => ({
    column,
    type,
    name: field.replace(/^attributes\./, ''),
    isAttribute: field.startsWith('attributes.'),
    pointer: `/${field.replace('.', '/')}`,
    core: CORE_TABLES[table].columns.find(({ name }) => name === column),
  }));
  return (body) => {
    const attributes = (body['attributes'] ?? {}) as Body;
    const problems: FieldError[] = [];
    const values: Record<string, Bind> = {};
    for (const { column, type, name, isAttribute, pointer, core } of members) {
      const value = (isAttribute ? attributes : body)[name];
      if (value === undefined) continue;
      const detail = problemWith(core, type, value);
      if (detail !== undefined) problems.push({ pointer, detail });
      values[column] = bindOf(value);
    }
    if (problems.length === 0) return values;
    throw new AppError('record.value', `${problems[0]!.pointer} ${problems[0]!.detail}`, { errors: problems });
  };
}

function bindOf(value: unknown): Bind {
  if (value === null || typeof value === 'object') return null;
  return typeof value === 'number' ? String(value) : (value as Bind);
}

function problemWith(core: CoreColumn | undefined, type: Field['type'], value: unknown): string | undefined {
  if (value === null) return core?.isRequired ? 'must not be null' : undefined;
  // No address would have it; imports refuse it too.
  if (value === '' && core?.isRequired) return 'must not be empty';
  switch (type) {
    case 'text':
      return textProblem(value, core?.maxLength);
    case 'date':
      return typeof value === 'string' && isCalendarDate(value)
        ? undefined
        : 'must be a date such as 2026-01-31, years 0001 to 9999';
    case 'timestamp':
      return typeof value === 'string' && !Number.isNaN(Date.parse(value))
        ? undefined
        : 'must be a time such as 2026-01-31T12:00:00Z';
    case 'decimal':
      return decimalProblem(value, core === undefined ? EXACT.attribute : EXACT.amount);
    case 'integer':
      return Number.isSafeInteger(value) ? undefined : 'must be a whole number of at most 15 digits';
    case 'double':
      return typeof value === 'number' && Number.isFinite(value) ? undefined : 'must be a number';
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'must be true or false';
    case 'json':
      return 'cannot be written';
  }
}

function textProblem(value: unknown, maxLength: number | undefined): string | undefined {
  if (typeof value !== 'string') return 'must be a text';
  if (!value.isWellFormed()) return 'holds half of a surrogate pair, which is no character';
  // Characters are no more than the units that they are written in.
  if (maxLength !== undefined && value.length > maxLength && Array.from(value).length > maxLength)
    return `must have at most ${maxLength} characters`;
  return undefined;
}

const EXACT = {
  amount: { digits: 13, scale: 2, form: /^-?\d{1,13}(\.\d{1,2})?$/ },
  attribute: { digits: 14, scale: 4, form: /^-?\d{1,14}(\.\d{1,4})?$/ },
} as const;

/** A number or a text of digits; a number is read as its shortest decimal form, so that 0.1 is one tenth. */
function decimalProblem(value: unknown, { digits, scale, form }: (typeof EXACT)['amount' | 'attribute']) {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text === 'string' && form.test(text)) return undefined;
  return `must be a number with at most ${digits} digits before the point and ${scale} after it`;
}
