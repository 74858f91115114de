import { addressOf, differences, idByName, stepsStored, type Model, type Pending, type Shown } from './model.ts';
import { LIST_NAMES, LISTS, rowOf, type ListName, type Row } from './rows.ts';
import { summaryDifferences } from './agreement.ts';
import type { Stage } from './stage.ts';
import type { Wire } from './wire.ts';

type ImportStatus = { readonly id: string; readonly state: string };

/** After a restart: settles what was under way, and holds everything that can be read against the model. */
export async function checkAfterRestart(stage: Stage, cut: readonly Pending[]): Promise<void> {
  const { model, wire } = stage;
  const before = model.mark;
  const shown = await readAll(wire);
  const imports = await listOfImports(wire);
  const repeatable: Pending[] = [];
  for (const pending of cut) settle(stage, pending, shown, imports, repeatable);
  for (const { id, state } of imports.filter((one) => ['running', 'receiving'].includes(one.state)))
    stage.fail(`import ${id} is ${state} after the restart`);
  // By another catalog what was sent before may not be allowed any more.
  if (shown.mark !== before) stage.answered.length = 0;
  differences(model, shown).forEach(stage.fail);
  await checkEtags(stage);
  (await summaryDifferences(wire, model)).forEach(stage.fail);
  await repeatCut(stage, repeatable, shown);
  await repeatAnswered(stage);
  differences(model, await readAll(wire)).forEach((what) => stage.fail(`after the repetitions: ${what}`));
  (await summaryDifferences(wire, model)).forEach((what) => stage.fail(`after the repetitions: ${what}`));
}

/** Everything that the lists show. */
export async function readAll({ send }: Wire): Promise<Shown> {
  const rows: Partial<Record<ListName, ReadonlyMap<string, string>>> = {};
  let mark = '';
  for (const list of LIST_NAMES) {
    const answer = await send({ method: 'GET', path: `/v1/${list}?format=ndjson` });
    if (answer?.status !== 200) throw new Error(`${list}: ${answer?.status} ${answer?.text.slice(0, 300)}`);
    const found = answer.text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Row);
    if (list === 'customers') mark = Object.keys((found[0]?.['attributes'] as object | undefined) ?? {}).join(' ');
    const entries = found.map(
      (row) => [row[LISTS[list].param] as string, JSON.stringify(rowOf(list, row, mark))] as const,
    );
    rows[list] = new Map(entries);
    if (rows[list].size !== found.length) throw new Error(`${list}: an id comes twice`);
  }
  return { rows: rows as Shown['rows'], mark };
}

async function listOfImports({ send }: Wire): Promise<readonly ImportStatus[]> {
  const answer = await send({ method: 'GET', path: '/v1/imports?limit=20' });
  return (JSON.parse(answer!.text) as { data: ImportStatus[] }).data;
}

/** What is stored of a write that was cut off: some of its steps, in order, each whole. */
function settle(stage: Stage, pending: Pending, shown: Shown, imports: readonly ImportStatus[], repeatable: Pending[]) {
  const { model, tally } = stage;
  if (pending.name !== undefined) nameFound(pending, shown);
  const all = [...pending.steps];
  const steps = all.length;
  const found = stepsStored(model, pending, shown);
  if (found === undefined) return stage.fail(`${pending.what} is stored in part: ${firstOf(model, pending, shown)}`);
  const kind = pending.phase === undefined ? pending.what : `${pending.what}, while ${pending.phase}`;
  const hasNothing = pending.steps.every(({ changes }) => changes.length === 0);
  if (!hasNothing) tally.found(kind, found === 0 ? 'absent' : found === steps ? 'stored' : 'partly');
  if (pending.phase !== undefined) checkStatus(stage, pending, found === steps && !hasNothing, imports);
  for (let done = 0; done < found; done += 1) model.advance(pending);
  if (pending.request?.headers?.['idempotency-key'] !== undefined) repeatable.push({ ...pending, steps: all });
  model.drop(pending);
}

/** The id that the service made for a row, if it was stored. */
function nameFound(pending: Pending, shown: Shown): void {
  const id = idByName(shown, pending.name!);
  if (id === undefined) return;
  const [change] = pending.steps[0]!.changes;
  pending.steps = [{ changes: [{ ...change!, id, row: { ...change!.row, customerId: id } }] }];
}

function checkStatus(stage: Stage, pending: Pending, isStored: boolean, imports: readonly ImportStatus[]): void {
  const id = pending.importId;
  const state = id === undefined ? undefined : imports.find((one) => one.id === id)?.state;
  const fits = isStored ? ['imported'] : ['interrupted', 'failed', 'cancelled'];
  if (id !== undefined && !fits.includes(String(state)))
    stage.fail(
      `${pending.what} ${id} (${pending.phase}) is ${state}, and ${isStored ? 'all' : 'none'} of it is stored`,
    );
  if (id === undefined && isStored) stage.fail(`${pending.what} was not answered, and is stored`);
}

function firstOf(model: Model, { steps }: Pending, shown: Shown): string {
  const changes = steps.flatMap((step) => step.changes);
  const stored = changes.filter(({ list, id, row }) => shown.rows[list].get(id) === (row && JSON.stringify(row)));
  const { list, id } = changes[0]!;
  const before = JSON.stringify(model.rows[list].get(id));
  return `${stored.length} of ${changes.length} rows in ${steps.length} steps; ${list}/${id} is ${shown.rows[list].get(id)}, was ${before}`;
}

async function checkEtags({ model, wire, tally, fail }: Stage): Promise<void> {
  for (const [place, etag] of model.etags) {
    const [list, id] = place.split('/') as [ListName, string];
    const answer = await wire.send({ method: 'GET', path: addressOf(list, id) });
    if (answer?.headers['etag'] !== etag)
      fail(`the ETag of ${place} is ${String(answer?.headers['etag'])}, not ${etag}`);
    tally.count('ETags compared');
  }
}

/** What was cut off and has a key: repeated, it has the first outcome, once. */
async function repeatCut({ model, wire, tally, fail, expectRow }: Stage, cut: readonly Pending[], shown: Shown) {
  for (const pending of cut) {
    const { request, status, steps, name } = pending;
    const answer = await wire.send(request!);
    tally.count('cut off with a key, repeated');
    const words = `repeated ${request!.method} ${request!.path} (${JSON.stringify(request!.headers)})`;
    if (answer === undefined || answer.status !== status) {
      fail(`${words}: ${answer?.status} instead of ${status}: ${answer?.text.slice(0, 300)}`);
      continue;
    }
    if (answer.status >= 400) continue;
    const [change] = steps[0]?.changes ?? [];
    if (name !== undefined) {
      const { customerId: id } = (JSON.parse(answer.text) as { data: { customerId: string } }).data;
      const known = idByName(shown, name);
      if (known !== undefined && known !== id) fail(`${words} made ${id}, and ${known} was there`);
      const values = JSON.parse(String(request!.body)) as Row;
      model.rows.customers.set(id, rowOf('customers', { ...values, customerId: id }, model.mark));
    } else if (change !== undefined) {
      expectRow(words, change.list, change.row, answer.text);
      model.begin(pending);
      model.advance(pending);
    }
  }
}

/** What was answered and has a key: repeated, it has the first answer and changes nothing. */
async function repeatAnswered({ answered, wire, tally, fail }: Stage): Promise<void> {
  for (const { request, text } of answered.slice(-8)) {
    const answer = await wire.send(request);
    tally.count('answered with a key, repeated');
    if (answer?.headers['idempotent-replayed'] !== 'true' || answer.text !== text)
      fail(`repeated ${request.method} ${request.path}: ${answer?.status} ${answer?.text}, not ${text}`);
  }
}
