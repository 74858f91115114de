import { setTimeout as pause } from 'node:timers/promises';
import type { Chance } from './chance.ts';
import { paramOf, type Change, type Pending, type Request, type Step } from './model.ts';
import { catalogOf, csvOf, LIST_NAMES, LISTS, rowOf, type ListName, type Row } from './rows.ts';
import type { Stage } from './stage.ts';

type Draft = {
  readonly what: string;
  readonly query: string;
  readonly files: Readonly<Record<string, string>>;
  readonly step: Step;
  /** How it ends when nobody stops it. */
  readonly state: 'imported' | 'failed';
};
type Known = {
  readonly id: string;
  readonly state: string;
  readonly phase: string | null;
  readonly problem: string | null;
};

/** One client that imports, waits for the end, and imports again, until the service is gone. `kinds`: of which it chooses. */
export async function writeImports(stage: Stage, random: Chance, kinds: readonly ImportKind[]): Promise<void> {
  for (let count = 0; !stage.isOver(); count += 1) {
    const kind = KINDS[random.pick(kinds)];
    const serial = `${stage.round}-${count}`;
    const work = async () => importOne(stage, random, kind(stage, random, serial));
    const isLost = await (kind === replaceCustomers || kind === replaceAll
      ? stage.gate.alone(work)
      : stage.gate.shared(work));
    if (isLost) return;
  }
}

/** True when the service was killed before the import ended. */
export async function importOne(stage: Stage, random: Chance, draft: Draft): Promise<boolean> {
  const { model, wire } = stage;
  const pending = model.begin<Pending>({ what: draft.what, steps: [draft.step], phase: 'receiving' });
  const begun = await wire.send(uploadOf(draft));
  if (begun === undefined) return stage.lost('import');
  if (begun.status !== 202) {
    stage.fail(`${draft.what}: ${begun.status} ${begun.text.slice(0, 300)}`);
    return !model.drop(pending);
  }
  pending.importId = (JSON.parse(begun.text) as { data: Known }).data.id;
  const isCancelled = draft.state === 'imported' && random.is(0.1);
  const ended = isCancelled ? await cancel(stage, pending, random) : await ending(stage, pending);
  if (ended === undefined) return stage.lost('import status');
  stage.tally.count(`imports ${ended.state}`);
  if (ended.state === 'imported') {
    model.advance(pending);
    // By another catalog what was sent before may not be allowed any more.
    if (draft.step.mark !== undefined) stage.answered.length = 0;
    stage.tally.acknowledged('import');
  } else model.drop(pending);
  if (ended.state !== draft.state && !(isCancelled && ended.state === 'cancelled'))
    stage.fail(`${draft.what} is ${ended.state}: ${ended.problem}`);
  return false;
}

async function ending({ wire }: Stage, pending: Pending): Promise<Known | undefined> {
  for (;;) {
    const answer = await wire.send({ method: 'GET', path: `/v1/imports/${pending.importId}` });
    if (answer === undefined) return undefined;
    const { data } = JSON.parse(answer.text) as { data: Known };
    if (data.state !== 'running') return data;
    pending.phase = phaseOf(data.phase!);
    await pause(5);
  }
}

/** One word for what is done table by table or file by file. */
function phaseOf(phase: string): string {
  if (/^(receiving|starting|committing)$/.test(phase)) return phase;
  return /^(checking|reading) \S+\.csv/.test(phase) ? 'reading' : 'storing';
}

/** Stops it at some moment, which may be too late. */
async function cancel(stage: Stage, pending: Pending, random: Chance): Promise<Known | undefined> {
  await pause(random.below(200));
  const path = `/v1/imports/${pending.importId}`;
  const answer = await stage.wire.send({ method: 'DELETE', path });
  if (answer === undefined) return undefined;
  if (answer.status === 409) return ending(stage, pending);
  return (JSON.parse(answer.text) as { data: Known }).data;
}

function uploadOf({ query, files }: Draft): Request {
  const parts = Object.entries(files).map(([name, content]) => {
    const field = name === 'catalog' ? 'catalog' : 'file';
    return `--part\r\ncontent-disposition: form-data; name="${field}"; filename="${name}"\r\n\r\n${content}\r\n`;
  });
  return {
    method: 'POST',
    path: `/v1/imports${query}`,
    headers: { 'content-type': 'multipart/form-data; boundary=part' },
    body: Buffer.from(`${parts.join('')}--part--\r\n`),
  };
}

type Kind = (stage: Stage, random: Chance, serial: string) => Draft;

function intoTable(
  what: string,
  list: ListName,
  mode: string,
  rows: readonly Row[],
  stage: Stage,
  gone: Change[] = [],
): Draft {
  const { mark } = stage.model;
  return {
    what,
    query: `?table=${LISTS[list].table}&mode=${mode}`,
    files: { [`${list}.csv`]: csvOf(list, rows, mark) },
    step: { changes: [...gone, ...rows.map((row) => ({ list, id: row[paramOf(list)] as string, row }))] },
    state: 'imported',
  };
}

const many = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const customer = (id: string, name: string, mark: string) =>
  rowOf('customers', { customerId: id, customerName: name, attributes: { [mark]: name } }, mark);
const relationship = (id: string, i: number, mark: string) => {
  const values = { relationshipId: id, customerId: `B${i % 200}`, productId: `BP${i % 20}`, startDate: '2024-02-29' };
  return rowOf('relationships', { ...values, relationshipType: 'purchase', value: i / 4 }, mark);
};

const upsert: Kind = (stage, random, serial) => {
  const start = random.below(4_000);
  const id = (i: number) => `iu${(start + i) % 4_000}`;
  const rows = many(3_000, (i) => customer(id(i), `upsert ${serial}`, stage.model.mark));
  return intoTable('import: upsert', 'customers', 'upsert', rows, stage);
};
const append: Kind = (stage, _random, serial) => {
  const rows = many(3_000, (i) => relationship(`ia${serial}-${i}`, i, stage.model.mark));
  return intoTable('import: append', 'relationships', 'append', rows, stage);
};
/** Its last row is taken: none is stored. */
const refused: Kind = (stage, _random, serial) => {
  const { mark } = stage.model;
  const rows = [...many(2_000, (i) => customer(`in${serial}-${i}`, 'never', mark)), customer('B0', 'never', mark)];
  const draft = intoTable('import: refused', 'customers', 'append', rows, stage);
  return { ...draft, step: { changes: [] }, state: 'failed' };
};
const replaceCustomers: Kind = (stage, random, serial) => {
  const { model } = stage;
  const named = new Set([...model.rows.relationships.values()].map((row) => row['customerId']));
  const kept = [...model.rows.customers].filter(([id]) => id.startsWith('B') || named.has(id) || random.is(0.5));
  const gone = [...model.rows.customers.keys()].map((id) => ({ list: 'customers', id, row: undefined }) as const);
  const rows = kept.map(([id]) => customer(id, `replaced ${serial}`, model.mark));
  return intoTable('import: replace', 'customers', 'replace', rows, stage, gone);
};
/** All three tables, with another catalog. */
const replaceAll: Kind = (stage, random, serial) => {
  const { model } = stage;
  const mark = random.pick(['mark_1', 'mark_2', 'mark_3'].filter((one) => one !== model.mark));
  const rows = baseOf(mark, serial);
  const gone = LIST_NAMES.flatMap((list) => [...model.rows[list].keys()].map((id) => ({ list, id, row: undefined })));
  const files = Object.fromEntries(LIST_NAMES.map((list) => [`${list}.csv`, csvOf(list, rows[list], mark)]));
  const made = LIST_NAMES.flatMap((list) => rows[list].map((row) => ({ list, id: row[paramOf(list)] as string, row })));
  return {
    what: 'import: all tables, other catalog',
    query: '',
    files: { catalog: catalogOf(mark), ...files },
    step: { changes: [...gone, ...made], mark },
    state: 'imported',
  };
};

/** Customers and products that are always there, and rows with ids that single writes and bulk bodies take. */
export function baseOf(mark: string, serial: string): Record<ListName, Row[]> {
  const owned = (letter: string, pool: number) => many(8 * pool, (i) => `s${i % 8}${letter}${2 * Math.floor(i / 8)}`);
  const product = (id: string) => rowOf('products', { productId: id, productName: `base ${serial}` }, mark);
  return {
    customers: [
      ...many(200, (i) => customer(`B${i}`, `base ${serial}`, mark)),
      ...many(2_000, (i) => customer(`b0c${i}`, `all ${serial}`, mark)),
      ...owned('c', 20).map((id) => customer(id, `all ${serial}`, mark)),
    ],
    products: [...many(20, (i) => product(`BP${i}`)), ...owned('p', 6).map(product)],
    relationships: [
      ...many(2_500, (i) => relationship(`b0r${i}`, i, mark)),
      ...owned('r', 40).map((id, i) => relationship(id, i, mark)),
    ],
  };
}

const KINDS = { upsert, append, refused, replaceCustomers, replaceAll } as const;
export type ImportKind = keyof typeof KINDS;
export const ALL_TABLES = replaceAll;
