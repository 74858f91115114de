import { quoteName } from './names.ts';
import { readObjectName } from './objects.ts';
import type { Source } from './source.ts';
import { readType } from './types.ts';

type Parts = { readonly columns: { name: string; text: string; isNullable: boolean }[]; readonly keys: Set<string> };

/** The columns of CREATE TABLE. Snowflake enforces NOT NULL and nothing else; columns of a primary key are not null. */
export function readColumns(source: Source): string {
  const parts: Parts = { columns: [], keys: new Set() };
  source.list(() => readPart(source, parts), '(', ')');
  const lines = parts.columns.map(({ name, text, isNullable }) => {
    return `${text}${isNullable && !parts.keys.has(name) ? '' : ' not null'}`;
  });
  return `(${lines.join(', ')})`;
}

function readPart(source: Source, parts: Parts): void {
  if (source.accept('CONSTRAINT')) source.name();
  if (source.accept('PRIMARY', 'KEY')) readNames(source).forEach((name) => parts.keys.add(name));
  else if (source.accept('UNIQUE')) readNames(source);
  else if (source.accept('FOREIGN', 'KEY')) {
    readNames(source);
    readReference(source);
  } else parts.columns.push(readColumn(source));
}

const readNames = (source: Source) => source.list(() => source.name(), '(', ')');

function readReference(source: Source): void {
  source.expect('REFERENCES');
  readObjectName(source);
  if (source.isSymbol('(')) readNames(source);
}

/** One column, as in ALTER TABLE too. */
export function readColumn(source: Source): { name: string; text: string; isNullable: boolean } {
  const name = source.name();
  let text = `${quoteName(name)} ${readType(source)}`;
  let isNullable = true;
  for (;;) {
    if (source.accept('NOT', 'NULL') || source.accept('PRIMARY', 'KEY')) isNullable = false;
    else if (source.accept('DEFAULT')) text += ` default ${source.expression()}`;
    else if (source.accept('COMMENT')) source.textLiteral();
    else if (source.isWord('REFERENCES')) readReference(source);
    else if (!source.accept('NULL') && !source.accept('UNIQUE')) return { name, text, isNullable };
  }
}
