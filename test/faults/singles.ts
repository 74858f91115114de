import type { Chance } from './chance.ts';
import { addressOf, paramOf, type Change, type Pending, type Request } from './model.ts';
import { bodyOf, rowOf, type ListName, type Row } from './rows.ts';
import type { Stage } from './stage.ts';

type Draft = Pick<Pending, 'what' | 'name'> & {
  readonly list: ListName;
  readonly id: string | undefined;
  readonly method: Request['method'];
  readonly path: string;
  readonly body?: Row;
  readonly status: number;
  readonly changes: readonly Change[];
};
type Place = { readonly stage: Stage; readonly random: Chance; readonly own: string };

const POOL: Readonly<Record<ListName, number>> = { customers: 40, products: 12, relationships: 80 };
const DAYS = [null, '2023-12-31', '2024-06-15', '2024-06-16'];

/** One client that creates, replaces, patches and deletes records of its own, one after the other, until the service is gone. */
export async function writeSingles(stage: Stage, random: Chance, own: string): Promise<void> {
  const place = { stage, random, own };
  for (let count = 0; !stage.isOver(); count += 1) {
    const isLost = await stage.gate.shared(() => writeOne(place, `${own}-${stage.round}-${count}`));
    if (isLost) return;
  }
}

async function writeOne(place: Place, serial: string): Promise<boolean> {
  const { stage, random } = place;
  const { model, wire, tally } = stage;
  const { list, id, changes, body, status, ...draft } = draftOf(place, serial);
  const key = random.is(0.5) ? { 'idempotency-key': serial } : {};
  const known = id === undefined ? undefined : model.etags.get(`${list}/${id}`);
  const match = draft.method === 'POST' ? {} : { 'if-match': random.is(0.7) ? (known ?? '*') : '*' };
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  const request: Request = {
    method: draft.method,
    path: draft.path,
    headers: { ...key, ...match, ...type },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  };
  const pending = model.begin<Pending>({ ...draft, steps: [{ changes }], request, status });
  const answer = await wire.send(request);
  if (answer === undefined) return stage.lost(`${draft.method} ${draft.path}`);
  if (answer.status !== status) {
    model.drop(pending);
    stage.fail(`${draft.method} ${draft.path}: ${answer.status} instead of ${status}: ${answer.text.slice(0, 300)}`);
    return false;
  }
  if (status >= 400) return !model.drop(pending);
  tally.acknowledged(draft.what);
  const made = rename(pending, list, answer.text);
  model.advance(pending);
  const row = made?.row;
  if (row !== undefined) model.etags.set(`${list}/${made!.id}`, String(answer.headers['etag']));
  if (key['idempotency-key'] !== undefined) stage.answered.push({ request, text: answer.text });
  stage.expectRow(`${draft.method} ${draft.path}`, list, row, answer.text);
  return made !== undefined && random.is(0.25) ? readBack(place, list, made) : false;
}

/** The change of the record itself; one whose id was made by the service gets it here. */
function rename(pending: Pending, list: ListName, text: string): Change | undefined {
  const [first, ...rest] = pending.steps[0]!.changes;
  if (first === undefined || pending.name === undefined) return first;
  const { data } = JSON.parse(text) as { data: Row };
  const id = data[paramOf(list)] as string;
  const made = { ...first, id, row: { ...first.row, [paramOf(list)]: id } };
  pending.steps = [{ changes: [made, ...rest] }];
  return made;
}

/** After an acknowledged write the next read sees it. */
async function readBack({ stage }: Place, list: ListName, { id, row }: Change): Promise<boolean> {
  const answer = await stage.wire.send({ method: 'GET', path: addressOf(list, id) });
  if (answer === undefined) return stage.lost(`GET ${id}`);
  const etag = row === undefined ? undefined : stage.model.etags.get(`${list}/${id}`);
  if (answer.status !== (row === undefined ? 404 : 200) || (row !== undefined && answer.headers['etag'] !== etag))
    stage.fail(`read after write of ${list}/${id}: ${answer.status} ${String(answer.headers['etag'])}, not ${etag}`);
  else if (row !== undefined) stage.expectRow(`GET ${list}/${id}`, list, row, answer.text);
  return false;
}

function draftOf(place: Place, serial: string): Draft {
  const { stage, random, own } = place;
  const list = random.pick(['customers', 'customers', 'products', 'relationships', 'relationships'] as const);
  const id = `${own}${list[0]}${random.below(POOL[list])}`;
  const stored = stage.model.rows[list].get(id);
  if (random.is(0.06)) return withoutId(place, serial);
  if (stored === undefined || random.is(0.05)) return create(place, list, id, stored !== undefined);
  const wanted = random.below(10);
  if (wanted < 3) return remove(place, list, id);
  return wanted < 6 ? replace(place, list, id) : patch(place, list, id, stored);
}

function valuesOf({ stage: { model }, random, own }: Place, list: ListName, id: string): Row {
  const name = `${own} ${random.below(1e6)} é"'`;
  if (list === 'customers')
    return {
      customerId: id,
      customerName: name,
      region: 'here',
      attributes: { [model.mark]: String(random.below(99)) },
    };
  if (list === 'products') return { productId: id, productName: name, launchDate: random.pick(DAYS) };
  const mine = (of: ListName, base: string) => {
    const one = `${own}${of[0]}${random.below(POOL[of])}`;
    return model.rows[of].has(one) ? one : base;
  };
  return {
    relationshipId: id,
    customerId: mine('customers', `B${random.below(200)}`),
    productId: mine('products', `BP${random.below(20)}`),
    relationshipType: 'purchase',
    startDate: random.pick(DAYS),
    endDate: random.pick(DAYS),
    value: random.is(0.2) ? null : (random.below(2e9) - 1e9) / 100,
  };
}

function create(place: Place, list: ListName, id: string, isTaken: boolean): Draft {
  const isDangling = list === 'relationships' && !isTaken && place.random.is(0.1);
  const values = { ...valuesOf(place, list, id), ...(isDangling && { customerId: 'nobody' }) };
  const row = rowOf(list, values, place.stage.model.mark);
  const status = isTaken ? 409 : isDangling ? 422 : 201;
  const changes = status === 201 ? [{ list, id, row }] : [];
  return { what: 'create', list, id, method: 'POST', path: `/v1/${list}`, body: bodyOf(row), status, changes };
}

function withoutId(place: Place, serial: string): Draft {
  const name = `no id ${serial}`;
  const row = rowOf('customers', { customerName: name }, place.stage.model.mark);
  const { customerId: _, ...body } = bodyOf(row);
  const changes = [{ list: 'customers', id: '', row } as const];
  const what = 'create';
  return {
    what,
    name,
    list: 'customers',
    id: undefined,
    method: 'POST',
    path: '/v1/customers',
    body,
    status: 201,
    changes,
  };
}

function replace(place: Place, list: ListName, id: string): Draft {
  const row = rowOf(list, valuesOf(place, list, id), place.stage.model.mark);
  const { [paramOf(list)]: _, ...body } = bodyOf(row);
  const changes = [{ list, id, row }];
  return { what: 'replace', list, id, method: 'PUT', path: addressOf(list, id), body, status: 200, changes };
}

function patch(place: Place, list: ListName, id: string, stored: Row): Draft {
  const { [paramOf(list)]: _, ...values } = valuesOf(place, list, id);
  const some = Object.entries(values).filter(() => place.random.is(0.5));
  const body = Object.fromEntries(some) as Row;
  const row = { ...stored, ...body };
  const changes = [{ list, id, row }];
  return { what: 'patch', list, id, method: 'PATCH', path: addressOf(list, id), body, status: 200, changes };
}

function remove({ stage: { model }, random }: Place, list: ListName, id: string): Draft {
  const param = paramOf(list);
  const related = list === 'relationships' ? [] : [...model.rows.relationships].filter(([, row]) => row[param] === id);
  const isCascading = related.length > 0 && random.is(0.7);
  const status = related.length > 0 && !isCascading ? 409 : 200;
  const gone = related.map(([key]) => ({ list: 'relationships' as const, id: key, row: undefined }));
  const changes = status === 200 ? [{ list, id, row: undefined }, ...gone] : [];
  const path = `${addressOf(list, id)}${isCascading ? '?cascade=true' : ''}`;
  return { what: 'delete', list, id, method: 'DELETE', path, status, changes };
}
