import { type ObjectName } from './names.ts';
import { readObjectName } from './objects.ts';
import type { Source } from './source.ts';

const USED = ['ROLE', 'WAREHOUSE', 'DATABASE', 'SCHEMA'] as const;
export type Used = (typeof USED)[number];

/** Statements that change or show the session. */
export type SessionCommand =
  | { readonly kind: 'begin' | 'commit' | 'rollback' }
  | { readonly kind: 'use'; readonly what: Used; readonly name: readonly string[] }
  | { readonly kind: 'parameter'; readonly name: string; readonly value: string | undefined }
  | {
      readonly kind: 'show';
      readonly what: string;
      readonly of: string | undefined;
      readonly like: string | undefined;
      /** The database of IN DATABASE. */
      readonly inside: string | undefined;
    }
  | { readonly kind: 'describe'; readonly table: ObjectName };

export function readSession(source: Source): SessionCommand {
  if (source.accept('BEGIN')) {
    if (!source.accept('TRANSACTION')) source.accept('WORK');
    return { kind: 'begin' };
  }
  if (source.accept('START', 'TRANSACTION')) return { kind: 'begin' };
  const end = (['COMMIT', 'ROLLBACK'] as const).find((word) => source.accept(word));
  if (end !== undefined) {
    source.accept('WORK');
    return { kind: end === 'COMMIT' ? 'commit' : 'rollback' };
  }
  source.expect('USE');
  const what = USED.find((word) => source.accept(word));
  const name = [source.name()];
  while (source.acceptSymbol('.')) name.push(source.name());
  return { kind: 'use', what: what ?? (name.length > 1 ? 'SCHEMA' : 'DATABASE'), name };
}

/** What follows ALTER SESSION. */
export function readParameter(source: Source): SessionCommand {
  if (source.accept('UNSET')) return { kind: 'parameter', name: source.name(), value: undefined };
  source.expect('SET');
  const name = source.name();
  source.expectSymbol('=');
  return { kind: 'parameter', name, value: source.next().text };
}

const SHOWN = ['GRANTS TO ROLE', 'GRANTS TO USER', 'WAREHOUSES', 'TABLES', 'SCHEMAS', 'DATABASES', 'PARAMETERS'];

export function readShow(source: Source): SessionCommand {
  source.expect('SHOW');
  const what = SHOWN.find((words) => source.accept(...words.split(' ')));
  if (what === undefined) return source.refuse(`SHOW ${source.peek().text}`);
  const of = what.startsWith('GRANTS') ? source.name() : undefined;
  const like = source.accept('LIKE') ? source.textLiteral() : undefined;
  const isIn = source.accept('IN');
  const inside = isIn && source.accept('DATABASE') ? source.name() : undefined;
  if (isIn) while (source.peek().kind !== 'end' && !source.isSymbol(';')) source.next();
  return { kind: 'show', what, of, like, inside };
}

export function readDescribe(source: Source): SessionCommand {
  source.next();
  if (!source.accept('TABLE')) source.expect('VIEW');
  return { kind: 'describe', table: readObjectName(source) };
}
