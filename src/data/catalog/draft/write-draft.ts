import { Document, Pair, Scalar, YAMLMap } from 'yaml';
import { CORE_TABLE_NAMES, CORE_TABLES } from '../core-tables.ts';
import type { CoreTableName } from '../model.ts';
import type { DraftDataset, DraftEntry } from './draft-entry.ts';
import type { Guess } from './guess-columns.ts';

type Node = Scalar | YAMLMap;

/** The draft as YAML, with the reason of each guess as a comment. */
export function writeDraft(
  core: ReadonlyMap<CoreTableName, DraftEntry>,
  datasets: ReadonlyMap<string, DraftDataset>,
  from: string,
): string {
  const document = new Document({});
  const tables = new YAMLMap();
  for (const name of CORE_TABLE_NAMES) {
    const entry = core.get(name);
    if (entry !== undefined) tables.add(pair(name, coreNode(inOrder(name, entry), document), entry.reason));
  }
  for (const [name, { table, personal }] of datasets) {
    const shape = personal.length > 0 ? { table, personal } : { table };
    tables.add(pair(name, document.createNode(shape, { flow: true }) as YAMLMap));
  }
  const missing = CORE_TABLE_NAMES.filter((name) => !core.has(name));
  document.commentBefore = [
    ` Drafted from ${from} by the names and types of its tables and columns.`,
    ' Every guess says why it was made: read them all, then run: npm run catalog -- check --catalog THIS_FILE',
    ...missing.map((name) => ` TODO choose: no table looks like ${name}; say under tables where it is.`),
  ].join('\n');
  document.set('version', 1);
  document.set('tables', tables);
  return document.toString({ lineWidth: 0 });
}

function inOrder(table: CoreTableName, entry: DraftEntry): DraftEntry {
  const names = CORE_TABLES[table].columns.map(({ name }) => name);
  const columns = [...entry.columns].sort(([a], [b]) => names.indexOf(a) - names.indexOf(b));
  return { ...entry, columns: new Map(columns) };
}

function coreNode(entry: DraftEntry, document: Document): YAMLMap {
  const node = new YAMLMap();
  if (entry.table !== undefined) node.add(pair('table', new Scalar(entry.table)));
  if (entry.sql !== undefined) node.add(pair('sql', block(entry.sql)));
  if (entry.columns.size > 0)
    node.add(
      pair(
        'columns',
        mapOf(entry.columns, (guess) => guessNode(guess, document)),
      ),
    );
  if (entry.value !== undefined)
    node.add(pair('value', document.createNode({ default: entry.value }, { flow: true }) as YAMLMap));
  if (entry.attributes.size > 0) {
    const attribute = (value: object) => document.createNode(value, { flow: true }) as YAMLMap;
    node.add(pair('attributes', mapOf(entry.attributes, attribute)));
  }
  return node;
}

function guessNode(guess: Guess, document: Document): Node {
  const node =
    'column' in guess
      ? new Scalar(guess.column)
      : (document.createNode({ expression: guess.expression }, { flow: true }) as YAMLMap);
  node.comment = ` ${guess.reason}`;
  return node;
}

function mapOf<T>(entries: ReadonlyMap<string, T>, nodeOf: (value: T) => Node): YAMLMap {
  const map = new YAMLMap();
  for (const [name, value] of entries) map.add(pair(name, nodeOf(value)));
  return map;
}

function block(text: string): Scalar {
  const node = new Scalar(text);
  node.type = Scalar.BLOCK_LITERAL;
  return node;
}

function pair(name: string, value: Node, commentBefore?: string): Pair {
  const key = new Scalar(name);
  if (commentBefore !== undefined) key.commentBefore = ` ${commentBefore}`;
  return new Pair(key, value);
}
