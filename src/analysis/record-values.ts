import { CORE_TABLES } from '../data/catalog/core-tables.ts';
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
 * The values of a body by column, in the warehouse's words. `undefined` members are left out. Throws record.value with
 * every problem at once: what cannot be stored exactly is refused, never rounded or cut.
 */
export function valuesOf(table: CoreTableName, fields: readonly Field[], body: Body): Record<string, Bind> {
  const attributes = (body['attributes'] ?? {}) as Body;
  const problems: FieldError[] = [];
  const values: Record<string, Bind> = {};
  for (const field of writableFields(fields)) {
    const isAttribute = field.field.startsWith('attributes.');
    const value = isAttribute ? attributes[field.field.slice('attributes.'.length)] : body[field.field];
    if (value === undefined) continue;
    const problem = problemWith(table, field, value);
    if (problem !== undefined) problems.push({ pointer: `/${field.field.replace('.', '/')}`, detail: problem });
    values[field.column] =
      value === null || typeof value === 'object' ? null : typeof value === 'number' ? String(value) : (value as Bind);
  }
  if (problems.length === 0) return values;
  throw new AppError('record.value', `${problems[0]!.pointer} ${problems[0]!.detail}`, { errors: problems });
}

function problemWith(table: CoreTableName, { column, type }: Field, value: unknown): string | undefined {
  const core = CORE_TABLES[table].columns.find(({ name }) => name === column);
  if (value === null) return core?.isRequired ? 'must not be null' : undefined;
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
      return decimalProblem(value, core === undefined ? { digits: 14, scale: 4 } : { digits: 13, scale: 2 });
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
  if (maxLength !== undefined && Array.from(value).length > maxLength)
    return `must have at most ${maxLength} characters`;
  return undefined;
}

/** A number or a text of digits; a number is read as its shortest decimal form, so that 0.1 is one tenth. */
function decimalProblem(value: unknown, { digits, scale }: { digits: number; scale: number }): string | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  const isExact = typeof text === 'string' && new RegExp(`^-?\\d{1,${digits}}(\\.\\d{1,${scale}})?$`).test(text);
  return isExact ? undefined : `must be a number with at most ${digits} digits before the point and ${scale} after it`;
}
