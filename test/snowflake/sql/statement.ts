import { readCopy, type Copy } from './copy.ts';
import { readAlter } from './alter.ts';
import { readCreate, readDrop, readTruncate } from './define.ts';
import type { ObjectName } from './names.ts';
import { readPut, type Put } from './put.ts';
import { readDescribe, readSession, readShow, type SessionCommand } from './session.ts';
import { readExpression } from './expression.ts';
import { readQuery } from './query.ts';
import { type Grammar, type Scope, Source } from './source.ts';
import { readDelete, readInsert, readMerge, readUpdate } from './write.ts';

export type Write = {
  readonly kind: 'insert' | 'update' | 'delete' | 'merge';
  readonly text: string;
  readonly target: ObjectName;
  /** A query that finds rows which the write would change twice. */
  readonly guard?: string;
  /** The same for many rows of binds at once: each bind a list of texts. */
  readonly bulk?: string;
};
export type Define = {
  readonly kind: 'define';
  readonly texts: readonly string[];
  readonly says: string;
  readonly target?: ObjectName;
  /** A table that is made or dropped and lies in the session only. */
  readonly temporary?: 'made' | 'dropped';
};
export type Stage = {
  readonly kind: 'stage';
  readonly name: string;
  readonly action: 'create' | 'drop' | 'list' | 'remove';
  readonly path: string;
};
export type Statement =
  | { readonly kind: 'query'; readonly text: string }
  | Write
  | Define
  | Copy
  | Put
  | Stage
  | SessionCommand;

/** A statement with what it names. */
export type Translated = {
  readonly statement: Statement;
  readonly reads: readonly ObjectName[];
  readonly calls: ReadonlySet<string>;
  readonly binds: number;
};

const GRAMMAR: Grammar = { expression: readExpression, query: readQuery };

const READERS: Readonly<Record<string, (source: Source) => Statement>> = {
  INSERT: readInsert,
  UPDATE: readUpdate,
  DELETE: readDelete,
  MERGE: readMerge,
  CREATE: readCreate,
  ALTER: readAlter,
  DROP: readDrop,
  TRUNCATE: readTruncate,
  COPY: readCopy,
  SHOW: readShow,
  DESCRIBE: readDescribe,
  DESC: readDescribe,
  BEGIN: readSession,
  START: readSession,
  COMMIT: readSession,
  ROLLBACK: readSession,
  USE: readSession,
};

/** Reads one statement in Snowflake's spelling; throws what Snowflake would answer, or 000002 for what the stand-in does not know. */
export function translate(text: string, scope: Scope): Translated {
  const put = readPut(text);
  if (put !== undefined) return { statement: put, reads: [], calls: new Set(), binds: 0 };
  const source = new Source(text, scope, GRAMMAR);
  const statement = readStatement(source);
  source.end();
  return { statement, reads: source.reads, calls: source.calls, binds: source.binds };
}

function readStatement(source: Source): Statement {
  if (source.isQuery() || source.isSymbol('(')) return { kind: 'query', text: source.query() };
  const read = READERS[source.peek().text];
  return read === undefined || source.peek().kind !== 'word' ? source.fail() : read(source);
}
