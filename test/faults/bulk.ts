import type { Chance } from './chance.ts';
import { paramOf, type Change, type Pending, type Step } from './model.ts';
import { bodyOf, rowOf, type Row } from './rows.ts';
import type { Stage } from './stage.ts';

const CHUNK = 1_000;
const POOL = 4_000;
const MODES = ['create', 'upsert', 'patch', 'delete'] as const;
type BulkList = 'customers' | 'relationships';
type Mode = (typeof MODES)[number];
type Draft = { readonly lines: readonly string[]; readonly isGood: readonly boolean[]; readonly steps: Step[] };

/** One client that sends bodies of several transactions, reading the answers as they come, until the service is gone. */
export async function writeBulks(stage: Stage, random: Chance, own: string): Promise<void> {
  while (!stage.isOver()) {
    const isLost = await stage.gate.shared(() => writeBulk(stage, random, own));
    if (isLost) return;
  }
}

async function writeBulk(stage: Stage, random: Chance, own: string): Promise<boolean> {
  const { model, wire, tally } = stage;
  const list = random.pick(['customers', 'relationships'] as const);
  const mode = random.pick(MODES);
  const { lines, isGood, steps } = draftOf(stage, random, list, mode, own);
  const chunks = steps.length;
  const pending = model.begin<Pending>({ what: 'bulk', steps });
  const request = {
    method: 'POST',
    path: `/v1/${list}/bulk?mode=${mode}`,
    headers: { 'content-type': 'application/x-ndjson' },
  } as const;
  let answered = 0;
  for await (const text of wire.lines(request, lines)) {
    if (text === '') continue;
    const answer = readLine(text);
    // The last line of an answer that was cut off.
    if (answer === undefined) continue;
    if (answer['summary'] !== undefined) {
      tally.count('bulk bodies answered whole');
      return false;
    }
    if (answer['line'] !== answered + 1 || Number(answer['status']) < 400 !== isGood[answered])
      stage.fail(`bulk ${mode} of ${list}, line ${answered + 1}: ${text.slice(0, 300)} for ${lines[answered]}`);
    answered += 1;
    // One answered line says that its transaction is committed.
    while (chunks - pending.steps.length < Math.ceil(answered / CHUNK)) model.advance(pending);
    tally.acknowledged('bulk line');
  }
  return stage.lost('bulk');
}

function readLine(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    return undefined;
  }
}

/** Each transaction names each id once; later ones name them again. */
function draftOf({ model }: Stage, random: Chance, list: BulkList, mode: Mode, own: string): Draft {
  const count = random.pick([1_500, 2_000, 3_000, 4_200]);
  const now = new Map<string, Row | undefined>();
  const lines: string[] = [];
  const isGood: boolean[] = [];
  const steps: Step[] = [];
  for (let from = 0; from < count; from += CHUNK) {
    const changes: Change[] = [];
    const [start, stride] = [random.below(POOL), random.pick([1, 3, 7, 9])];
    for (let i = 0; i < Math.min(CHUNK, count - from); i += 1) {
      const id = `${own}${list[0]}${(start + i * stride) % POOL}`;
      const stored = now.has(id) ? now.get(id) : model.rows[list].get(id);
      const { body, row } = lineOf(list, mode, id, stored, random, model.mark);
      lines.push(`${JSON.stringify(body)}\n`);
      isGood.push(row !== 'refused');
      if (row === 'refused') continue;
      now.set(id, row);
      changes.push({ list, id, row });
    }
    steps.push({ changes });
  }
  return { lines, isGood, steps };
}

type Outcome = { readonly body: Row; readonly row: Row | undefined | 'refused' };

function lineOf(
  list: BulkList,
  mode: Mode,
  id: string,
  stored: Row | undefined,
  random: Chance,
  mark: string,
): Outcome {
  const param = paramOf(list);
  // A delete may send the whole record, whatever is in it.
  if (mode !== 'delete' && random.is(0.003)) return { body: { [param]: id, nonsense: 1 }, row: 'refused' };
  if (mode === 'delete') return { body: { [param]: id }, row: stored === undefined ? 'refused' : undefined };
  const serial = random.below(1e6);
  if (mode === 'patch') {
    const change: Row = list === 'customers' ? { status: `s${serial}` } : { value: serial / 100 };
    return { body: { [param]: id, ...change }, row: stored === undefined ? 'refused' : { ...stored, ...change } };
  }
  const values =
    list === 'customers'
      ? { customerId: id, customerName: `bulk ${serial}` }
      : {
          relationshipId: id,
          customerId: `B${serial % 200}`,
          productId: `BP${serial % 20}`,
          startDate: '2024-01-31',
          value: serial / 4,
        };
  const row = rowOf(list, values, mark);
  return { body: bodyOf(values), row: mode === 'create' && stored !== undefined ? 'refused' : row };
}
