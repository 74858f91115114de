import type { Dialect } from '../../sql/dialect.ts';
import type { Column } from '../../warehouse/port.ts';
import { type DraftEntry, leftOver } from './draft-entry.ts';
import { addressOf } from './draft-keyed.ts';
import { type Guess, guessColumns, type Guesses } from './guess-columns.ts';
import type { RelationshipGuess } from './guess-tables.ts';
import { joinedTexts } from './joined-texts.ts';
import { isOwnKey, keyOf, tableName } from './keys.ts';
import { isKeyLike, tableWords, wordsIn } from './words.ts';

/** A column of the lines (`l`) or their header (`h`), under the name that the rest of the entry calls it. */
type Output = { readonly column: Column; readonly from: 'l' | 'h'; readonly name: string };

/** The entry of the relationships: one table, or a select that joins lines and their header. */
export function draftRelationship(guess: RelationshipGuess, dialect: Dialect): DraftEntry {
  const { lines, header, reason } = guess;
  const outputs = outputsOf(guess);
  const columns = outputs.map(({ column, name }) => ({ ...column, name }));
  const guesses = guessAll(guess, outputs, columns, dialect);
  const place = header === undefined ? { table: addressOf(lines) } : { sql: joinSql(guess, outputs, dialect) };
  const value = guesses.get('value');
  const isMonthly = value !== undefined && 'column' in value && /month|mrr/i.test(value.column);
  const attributes = leftOver('customer_products', columns, guesses);
  return { reason, ...place, columns: guesses, attributes, ...(isMonthly ? { value: 'monthly' } : {}) };
}

function outputsOf({ lines, header }: RelationshipGuess): Output[] {
  const own = lines.columns.map((column): Output => ({ column, from: 'l', name: column.name }));
  if (header === undefined) return own;
  const taken = new Set(own.map(({ name }) => name.toLowerCase()));
  const further = header.table.columns
    .filter((column) => column !== header.key)
    .map((column): Output => {
      const isTaken = taken.has(column.name.toLowerCase());
      return { column, from: 'h', name: isTaken ? `${tableName(header.table)}_${column.name}` : column.name };
    });
  return [...own, ...further];
}

function guessAll(
  guess: RelationshipGuess,
  outputs: readonly Output[],
  columns: readonly Column[],
  dialect: Dialect,
): Guesses {
  const { lines, customerRef, productRef, header } = guess;
  const nameOf = (column: Column, from: 'l' | 'h') =>
    outputs.find((one) => one.column === column && one.from === from)!.name;
  const customer = nameOf(customerRef, header === undefined ? 'l' : 'h');
  const product = nameOf(productRef, 'l');
  const key = keyOf(lines, 'customer_products');
  const isOwn = key !== undefined && key !== customerRef && key !== productRef && isOwnKey(lines, key);
  const fixed = new Set([customer, product, ...(isOwn ? [key.name] : [])]);
  const rest = guessColumns(
    'customer_products',
    columns.filter(({ name }) => !fixed.has(name)),
  );
  const guesses = new Map<string, Guess>([
    ['relationship_id', isOwn ? { column: key.name, reason: 'the key' } : compositeKey(outputs, fixed, rest, dialect)],
    ['customer_id', { column: customer, reason: 'names the customer' }],
    ['product_id', { column: product, reason: 'names the product' }],
    ['relationship_type', typeByName(guess, rest)],
    ...rest,
  ]);
  const value = pricedValue(columns, rest.get('value'), dialect);
  return value === undefined ? guesses : guesses.set('value', value);
}

/** Lines without a number of their own are known by what they refer to; when only by customer and product, also by the day. */
function compositeKey(outputs: readonly Output[], fixed: ReadonlySet<string>, rest: Guesses, dialect: Dialect): Guess {
  const refs = outputs
    .filter(({ from, name }) => from === 'l' && (fixed.has(name) || isKeyLike(name)))
    .map(({ name }) => name);
  const start = rest.get('start_date');
  const day = start !== undefined && 'column' in start && refs.every((name) => fixed.has(name)) ? [start.column] : [];
  return {
    expression: joinedTexts('-', [...refs, ...day], dialect),
    uses: [],
    reason: 'no key of its own: together they should be unique',
  };
}

const SUBSCRIPTION_WORDS = new Set([
  'subscription',
  'contract',
  'policy',
  'license',
  'licence',
  'rental',
  'membership',
]);

function typeByName({ lines }: RelationshipGuess, rest: Guesses): Guess {
  const isSubscription = tableWords(tableName(lines)).some((word) => SUBSCRIPTION_WORDS.has(word));
  const kind = isSubscription || rest.has('end_date') ? 'subscription' : 'purchase';
  return { expression: `'${kind}'`, uses: [], reason: `the same for all rows of ${tableName(lines)}` };
}

/** A price is per piece: times the quantity, less the discount where there is one, as a share. */
function pricedValue(columns: readonly Column[], value: Guess | undefined, { quote }: Dialect): Guess | undefined {
  if (value === undefined || !('column' in value) || !/price|cost/i.test(value.column) || /total/i.test(value.column))
    return undefined;
  const named = (words: RegExp) =>
    columns.find(({ name, type }) => words.test(wordsIn(name).join(' ')) && type !== 'text');
  const quantity = named(/^(quantity|qty|unit|piece|count)$/);
  if (quantity === undefined) return undefined;
  const discount = named(/^discount$/);
  const uses = [value.column, quantity.name];
  const product = uses.map(quote).join(' * ');
  if (discount === undefined) return { expression: product, uses, reason: 'price times quantity' };
  return {
    expression: `${product} * (1 - ${quote(discount.name)})`,
    uses: [...uses, discount.name],
    reason: 'price times quantity, less the discount as a share of 1',
  };
}

function joinSql({ lines, header }: RelationshipGuess, outputs: readonly Output[], { quote }: Dialect): string {
  const { table, key, ref } = header!;
  const list = outputs.map(({ column, from, name }) => {
    const source = `${from}.${quote(column.name)}`;
    return column.name === name ? `  ${source}` : `  ${source} as ${quote(name)}`;
  });
  const from = (path: readonly string[]) => path.map(quote).join('.');
  return [
    'select',
    list.join(',\n'),
    `from ${from(lines.path)} l`,
    `join ${from(table.path)} h on h.${quote(key.name)} = l.${quote(ref.name)}`,
    '',
  ].join('\n');
}
