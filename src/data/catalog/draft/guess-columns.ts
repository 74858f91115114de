import type { Column } from '../../warehouse/port.ts';
import { CORE_TABLES } from '../core-tables.ts';
import type { CoreTableName } from '../model.ts';
import { dateWords, ENTITY_WORDS, wordsIn } from './words.ts';

/** Where a core column may come from, and why. */
export type Guess = { readonly reason: string } & (
  | { readonly column: string }
  | { readonly expression: string; readonly uses: readonly string[] }
);
export type Guesses = ReadonlyMap<string, Guess>;

/** Words of columns by what they hold, the most telling first; several words in one entry stand together. */
const COLUMN_WORDS: Readonly<Record<string, readonly string[]>> = {
  customer_name: ['name', 'full name', 'company name', 'company', 'display name', 'title', 'nm'],
  customer_type: ['type', 'segment', 'kind', 'category', 'tier', 'class', 'group'],
  region: ['region', 'country', 'state', 'province', 'territory', 'area', 'market', 'city', 'location'],
  registration_date: [
    'registration',
    'registered',
    'signup',
    'signed up',
    'sign up',
    'joined',
    'join',
    'created',
    'creation',
    'since',
    'opened',
    'first seen',
    'start',
  ],
  product_name: ['name', 'title', 'label', 'description', 'nm'],
  product_category: ['category', 'group', 'department', 'family', 'section', 'genre', 'segment'],
  product_type: ['type', 'kind', 'class', 'format', 'brand'],
  launch_date: [
    'launch',
    'launched',
    'release',
    'released',
    'introduced',
    'introduction',
    'available',
    'published',
    'created',
    'since',
    'start',
  ],
  relationship_type: ['type', 'kind', 'plan'],
  start_date: [
    'start',
    'started',
    'order',
    'ordered',
    'purchase',
    'purchased',
    'sold',
    'sale',
    'invoice',
    'begin',
    'from',
    'valid from',
    'activated',
    'activation',
    'booked',
    'transaction',
    'date',
    'created',
    'since',
  ],
  end_date: [
    'end',
    'ended',
    'cancelled',
    'canceled',
    'cancellation',
    'churn',
    'churned',
    'expire',
    'expiry',
    'expiration',
    'terminated',
    'termination',
    'valid to',
    'until',
    'to',
    'closed',
    'stop',
  ],
  value: [
    'value',
    'amount',
    'total',
    'line total',
    'revenue',
    'mrr',
    'net',
    'gross',
    'fee',
    'charge',
    'paid',
    'price',
    'cost',
  ],
  status: ['status', 'standing', 'lifecycle', 'active'],
};

/** Guesses for the core columns besides the keys, each column of the source at most once; the surest guess first. */
export function guessColumns(table: CoreTableName, columns: readonly Column[]): Guesses {
  const targets = CORE_TABLES[table].columns.filter(({ name }) => Object.hasOwn(COLUMN_WORDS, name));
  const candidates = targets
    .flatMap((target) => columns.map((column) => ({ target: target.name, column, score: fit(target, column, table) })))
    .filter(({ score }) => score >= 0.3)
    .sort((a, b) => b.score - a.score);
  const guesses = new Map<string, Guess>();
  const used = new Set<string>();
  for (const { target, column } of candidates) {
    if (guesses.has(target) || used.has(column.name)) continue;
    guesses.set(target, { column: column.name, reason: reasonFor(target, column) });
    used.add(column.name);
  }
  return guesses;
}

function reasonFor(target: string, { name }: Column): string {
  if (name.toLowerCase() === target) return 'the same name';
  return `named like a column for the ${target.replace(/^(customer|product)_/, '').replaceAll('_', ' ')}`;
}

type Target = { readonly name: string; readonly type: string };

function fit({ name: target, type }: Target, column: Column, table: CoreTableName): number {
  const typeScore = fitOfType(type, column.type);
  if (typeScore === 0) return 0;
  if (column.name.toLowerCase() === target) return typeScore + 0.1;
  const own = type === 'date' ? dateWords(column.name) : wordsIn(column.name);
  const words = own.length > 1 ? own.filter((word) => !ENTITY_WORDS[table].includes(word) || type === 'date') : own;
  const text = words.join(' ');
  const list = COLUMN_WORDS[target]!;
  const exact = list.indexOf(text);
  if (exact >= 0) return typeScore - exact * 0.02;
  const within = list.findIndex((entry) => ` ${text} `.includes(` ${entry} `));
  return within < 0 ? 0 : typeScore * 0.6 - within * 0.01;
}

/** Only types that surely become the target's: text that may hold dates or numbers is left to a person. */
function fitOfType(target: string, type: Column['type']): number {
  if (target === 'text') return type === 'text' ? 1 : type === 'integer' ? 0.6 : 0;
  if (target === 'date') return type === 'date' ? 1 : type === 'timestamp' ? 0.95 : 0;
  return type === 'decimal' ? 1 : type === 'double' || type === 'integer' ? 0.9 : 0;
}
