import { LIST_NAMES, LISTS, type ListName, type Row } from './rows.ts';

export type Change = { readonly list: ListName; readonly id: string; readonly row: Row | undefined };
/** What happens whole or not at all. `mark`: another catalog comes with it. */
export type Step = { readonly changes: readonly Change[]; readonly mark?: string };
export type Request = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
};
/** A write that was begun and is not acknowledged; its steps happen in order. */
export type Pending = {
  readonly what: string;
  steps: Step[];
  /** Of a write that can be repeated: what was sent, and the status of its answer. */
  readonly request?: Request;
  readonly status?: number;
  /** Of a create whose id the service makes: the name by which the row is found. */
  readonly name?: string;
  /** Of an import: its id, once it is known, and its phase when it was last looked at. */
  importId?: string;
  phase?: string;
};
/** What the service shows: texts of rows by id, and the attribute of its catalog. */
export type Shown = { readonly rows: Readonly<Record<ListName, ReadonlyMap<string, string>>>; readonly mark: string };

export type Model = ReturnType<typeof openModel>;

/** What must be stored: everything acknowledged, and nothing else but, maybe, what is pending. */
export function openModel(mark: string) {
  const rows = Object.fromEntries(LIST_NAMES.map((list) => [list, new Map<string, Row>()])) as Record<
    ListName,
    Map<string, Row>
  >;
  const pending = new Set<Pending>();
  /** ETags that were acknowledged, by `list/id`, of rows that no bulk and no import has touched since. */
  const etags = new Map<string, string>();
  const model = {
    rows,
    pending,
    etags,
    mark,
    begin<P extends Pending>(one: P): P {
      pending.add(one);
      return one;
    },
    /** Its next step is acknowledged, or was found carried out. */
    advance(one: Pending): void {
      const step = one.steps.shift()!;
      for (const { list, id, row } of step.changes) {
        etags.delete(`${list}/${id}`);
        if (row === undefined) rows[list].delete(id);
        else rows[list].set(id, row);
      }
      if (step.mark !== undefined) {
        model.mark = step.mark;
        etags.clear();
      }
      if (one.steps.length === 0) pending.delete(one);
    },
    /** What is left of it did not happen, and will not. */
    drop: (one: Pending) => pending.delete(one),
  };
  return model;
}

/** How many steps of a write that was cut off are stored; undefined when it is stored in part. */
export function stepsStored({ rows, mark }: Model, { steps }: Pending, shown: Shown): number | undefined {
  const expected = new Map<string, readonly [ListName, string, string | undefined]>();
  const expect = ({ list, id }: Change, row: Row | undefined) =>
    expected.set(`${list}/${id}`, [list, id, row === undefined ? undefined : JSON.stringify(row)]);
  for (const change of steps.flatMap(({ changes }) => changes)) expect(change, rows[change.list].get(change.id));
  let expectedMark = mark;
  let found: number | undefined;
  for (let done = 0; ; done += 1) {
    const isSo = [...expected.values()].every(([list, id, text]) => shown.rows[list].get(id) === text);
    if (isSo && expectedMark === shown.mark) found = done;
    const next = steps[done];
    if (next === undefined) return found;
    for (const change of next.changes) expect(change, change.row);
    expectedMark = next.mark ?? expectedMark;
  }
}

/** Where the service shows something else than what must be stored; some examples. */
export function differences(model: Model, shown: Shown): string[] {
  const found: string[] = [];
  if (shown.mark !== model.mark) found.push(`the catalog has the attribute ${shown.mark}, not ${model.mark}`);
  for (const list of LIST_NAMES) {
    for (const [id, row] of model.rows[list]) {
      const text = shown.rows[list].get(id);
      if (text === undefined) found.push(`${list}/${id} is lost: ${JSON.stringify(row)}`);
      else if (text !== JSON.stringify(row)) found.push(`${list}/${id} is ${text}, not ${JSON.stringify(row)}`);
    }
    for (const [id, text] of shown.rows[list])
      if (!model.rows[list].has(id)) found.push(`${list}/${id} is stored and must not be: ${text}`);
  }
  return found.length <= 5 ? found : [...found.slice(0, 5), `and ${found.length - 5} more`];
}

/** The id of the one customer with this name. */
export function idByName(shown: Shown, name: string): string | undefined {
  for (const [id, text] of shown.rows.customers) if (text.includes(JSON.stringify(name))) return id;
  return undefined;
}

export const addressOf = (list: ListName, id: string) => `/v1/${list}/${encodeURIComponent(id)}`;
export const paramOf = (list: ListName) => LISTS[list].param;
