import { readColumns } from './columns.ts';
import { keyOf, quoteName } from './names.ts';
import { readObjectName, tableAddress } from './objects.ts';
import type { Source } from './source.ts';
import { readStage } from './stages.ts';
import type { Define, Stage } from './statement.ts';

type Head = { readonly isReplaced: boolean; readonly isTemporary: boolean };

export function readCreate(source: Source): Define | Stage {
  source.expect('CREATE');
  const isReplaced = source.accept('OR', 'REPLACE');
  const isTemporary = source.accept('TEMPORARY') || source.accept('TEMP') || source.accept('LOCAL', 'TEMPORARY');
  source.accept('TRANSIENT');
  const head = { isReplaced, isTemporary };
  if (source.accept('TABLE')) return readTable(source, head);
  if (source.accept('VIEW')) return readView(source, head);
  if (source.accept('SCHEMA')) return readSchema(source);
  if (source.accept('STAGE')) return readStage(source, 'create');
  return source.refuse(`CREATE ${source.peek().text}`);
}

const ifNotExists = (source: Source) => (source.accept('IF', 'NOT', 'EXISTS') ? ' if not exists' : '');
const ifExists = (source: Source) => (source.accept('IF', 'EXISTS') ? ' if exists' : '');

function readTable(source: Source, { isReplaced, isTemporary }: Head): Define {
  const unless = ifNotExists(source);
  const target = readObjectName(source);
  const address = isTemporary ? `temp.main.${quoteName(target.name)}` : tableAddress(target, source.scope);
  const head = `create${isReplaced ? ' or replace' : ''}${isTemporary ? ' temp' : ''} table${unless} ${address}`;
  const made = {
    target,
    says: `Table ${target.name} successfully created.`,
    ...(isTemporary && { temporary: 'made' as const }),
  };
  const { text, comment } = readTableBody(source);
  const texts = [`${head} ${text}`, ...(comment === undefined ? [] : [`comment on table ${address} is ${comment}`])];
  return { kind: 'define', texts, ...made };
}

function readTableBody(source: Source): { text: string; comment?: string } {
  const columns = source.isSymbol('(') ? readColumns(source) : '';
  const comment = readOptions(source);
  if (source.accept('AS')) return { text: `as ${source.query()}`, ...comment };
  if (source.accept('LIKE'))
    return { text: `as select * from ${tableAddress(readObjectName(source), source.scope)} limit 0` };
  if (source.accept('CLONE')) return { text: `as select * from ${tableAddress(readObjectName(source), source.scope)}` };
  if (columns === '') source.fail();
  return { text: columns, ...comment };
}

const OPTIONS = new Set([
  'CHANGE_TRACKING',
  'DATA_RETENTION_TIME_IN_DAYS',
  'MAX_DATA_EXTENSION_TIME_IN_DAYS',
  'COMMENT',
]);

/** Options that mean nothing here; a comment is kept. */
function readOptions(source: Source): { comment?: string } {
  let comment: { comment?: string } = {};
  for (;;) {
    if (source.accept('CLUSTER', 'BY')) source.list(() => source.name(), '(', ')');
    else if (!OPTIONS.has(source.peek().text)) return comment;
    else {
      const isComment = source.next().text === 'COMMENT';
      source.expectSymbol('=');
      const value = source.next().text;
      if (isComment) comment = { comment: `'${value.replaceAll("'", "''")}'` };
    }
  }
}

function readView(source: Source, { isReplaced }: Head): Define {
  const unless = ifNotExists(source);
  const target = readObjectName(source);
  const columns = source.isSymbol('(') ? `(${source.list(() => quoteName(source.name()), '(', ')').join(', ')})` : '';
  source.expect('AS');
  const text = `create${isReplaced ? ' or replace' : ''} view${unless} ${tableAddress(target, source.scope)} ${columns} as ${source.query()}`;
  return { kind: 'define', texts: [text], target, says: `View ${target.name} successfully created.` };
}

function readSchema(source: Source): Define {
  const unless = ifNotExists(source);
  const { schema, name } = readObjectName(source);
  const database = source.text.includes('.') ? schema : source.scope.database;
  return {
    kind: 'define',
    texts: [`create schema${unless} ${quoteName(database)}.${quoteName(name)}`],
    says: `Schema ${name} successfully created.`,
  };
}

export function readDrop(source: Source): Define | Stage {
  source.expect('DROP');
  if (source.accept('STAGE')) return readStage(source, 'drop');
  if (source.accept('SCHEMA')) {
    const when = ifExists(source);
    const { schema, name } = readObjectName(source);
    const database = source.text.includes('.') ? schema : source.scope.database;
    source.accept('CASCADE');
    return {
      kind: 'define',
      texts: [`drop schema${when} ${quoteName(database)}.${quoteName(name)} cascade`],
      says: `${name} successfully dropped.`,
    };
  }
  const kind = source.accept('VIEW') ? 'view' : 'table';
  if (kind === 'table') source.expect('TABLE');
  const when = ifExists(source);
  const target = readObjectName(source);
  const temporary = source.scope.temporary?.has(keyOf(target)) === true ? ('dropped' as const) : undefined;
  const texts = [`drop ${kind}${when} ${tableAddress(target, source.scope)}`];
  return {
    kind: 'define',
    texts,
    target,
    says: `${target.name} successfully dropped.`,
    ...(temporary && { temporary }),
  };
}

export function readTruncate(source: Source): Define {
  source.expect('TRUNCATE');
  source.accept('TABLE');
  ifExists(source);
  const target = readObjectName(source);
  return {
    kind: 'define',
    texts: [`delete from ${tableAddress(target, source.scope)}`],
    target,
    says: 'Statement executed successfully.',
  };
}
