import type { Column, TableDescription } from '../../warehouse/port.ts';
import { guessColumns } from './guess-columns.ts';
import { keyOf, referenceTo, tableName } from './keys.ts';
import { entityScore, looksPersonal, tableWords } from './words.ts';

export type KeyedTable = { readonly table: TableDescription; readonly key: Column; readonly reason: string };
/** A table that names a customer and a product; or lines that name a product, under a header that names the customer. */
export type RelationshipGuess = {
  readonly lines: TableDescription;
  readonly customerRef: Column;
  readonly productRef: Column;
  readonly header: { readonly table: TableDescription; readonly key: Column; readonly ref: Column } | undefined;
  readonly reason: string;
};
export type TableGuesses = {
  readonly customers: KeyedTable | undefined;
  readonly products: KeyedTable | undefined;
  readonly relationships: RelationshipGuess | undefined;
};

/** Which tables hold customers, products and relationships, by the likeness of names and columns. */
export function guessTables(tables: readonly TableDescription[]): TableGuesses {
  const customers = bestKeyed(tables, 'customers');
  const products = bestKeyed(
    tables.filter((table) => table !== customers?.table),
    'products',
  );
  if (customers === undefined || products === undefined) return { customers, products, relationships: undefined };
  const rest = tables.filter((table) => table !== customers.table && table !== products.table);
  const candidates = [...single(rest, customers, products), ...joined(rest, customers, products)];
  const best = candidates.sort((a, b) => b.score - a.score)[0];
  return { customers, products, relationships: best?.guess };
}

function bestKeyed(tables: readonly TableDescription[], kind: 'customers' | 'products'): KeyedTable | undefined {
  const scored = tables.flatMap((table) => {
    const key = keyOf(table, kind);
    if (key === undefined) return [];
    const name = nameScore(table, kind);
    const columns =
      guessColumns(
        kind,
        table.columns.filter((column) => column !== key),
      ).size * 0.08;
    const contact = kind === 'customers' && table.columns.some((column) => looksPersonal(column.name)) ? 0.1 : 0;
    const others = tables.filter((other) => other !== table);
    const isReferenced = others.some((other) => referenceTo(other, table, key) !== undefined);
    const score = name + columns + contact + (isReferenced ? 0.2 : 0);
    const seen = [
      name > 0 ? `the name reads as ${kind}` : '',
      columns > 0 ? 'columns fit' : '',
      isReferenced ? 'other tables refer to it' : '',
    ];
    return name > 0 && score >= 0.6 ? [{ table, key, score, reason: seen.filter((one) => one !== '').join(', ') }] : [];
  });
  return scored.sort((a, b) => b.score - a.score)[0];
}

/** The last word says what a row is (`loyalty_member`), an earlier one only what it belongs to (`customer_address`). */
function nameScore(table: TableDescription, kind: 'customers' | 'products' | 'customer_products'): number {
  const all = tableWords(tableName(table));
  const last = entityScore(all.at(-1) ?? '', kind);
  if (last > 0) return last * (all.length === 1 ? 1 : 0.85);
  return Math.max(0, ...all.map((word) => entityScore(word, kind))) * 0.2;
}

type Scored = { readonly guess: RelationshipGuess; readonly score: number };

function single(tables: readonly TableDescription[], customers: KeyedTable, products: KeyedTable): Scored[] {
  return tables.flatMap((lines) => {
    const customerRef = referenceTo(lines, customers.table, customers.key, 'customers');
    const productRef = referenceTo(lines, products.table, products.key, 'products');
    if (customerRef === undefined || productRef === undefined || customerRef === productRef) return [];
    const reason = `${customerRef.name} names a customer and ${productRef.name} a product`;
    const guess = { lines, customerRef, productRef, header: undefined, reason };
    return [{ guess, score: 0.2 + relationshipScore(lines, lines) }];
  });
}

function joined(tables: readonly TableDescription[], customers: KeyedTable, products: KeyedTable): Scored[] {
  const headers = tables.flatMap((table) => {
    const customerRef = referenceTo(table, customers.table, customers.key, 'customers');
    const key = keyOf(table, 'customer_products');
    return customerRef === undefined || key === undefined || key === customerRef ? [] : [{ table, key, customerRef }];
  });
  return tables.flatMap((lines) => {
    const productRef = referenceTo(lines, products.table, products.key, 'products');
    if (productRef === undefined) return [];
    return headers.flatMap(({ table, key, customerRef }) => {
      const ref = table === lines ? undefined : referenceTo(lines, table, key);
      if (ref === undefined || ref === productRef) return [];
      const reason = `${productRef.name} names a product, and ${ref.name} leads to ${tableName(table)}, whose ${customerRef.name} names the customer`;
      return [
        {
          guess: { lines, customerRef, productRef, header: { table, key, ref }, reason },
          score: relationshipScore(lines, table),
        },
      ];
    });
  });
}

function relationshipScore(lines: TableDescription, header: TableDescription): number {
  const found = guessColumns(
    'customer_products',
    lines === header ? lines.columns : [...lines.columns, ...header.columns],
  );
  const name = Math.max(nameScore(lines, 'customer_products'), nameScore(header, 'customer_products'));
  return (
    name * 0.5 +
    (found.has('start_date') ? 0.3 : 0) +
    (found.has('value') ? 0.3 : 0) +
    (found.has('end_date') ? 0.1 : 0)
  );
}
