import { CORE_TABLES } from '../../../data/catalog/core-tables.ts';
import type { TableImport } from '../../../data/catalog/import-plan.ts';
import type { Column, Writer } from '../../../data/warehouse/port.ts';
import * as queries from './queries.ts';
import { keysOf, REFERENCES, rowRules, type Rule, type Target } from './rules.ts';

type Filled = {
  readonly filled: readonly Target[];
  /** Columns of the mapping's answer. */
  readonly given: readonly Column[];
  /** Whether the table holds rows already. */
  readonly hasOthers: boolean;
};

/** Leaves out all rows that are not to be stored; the rules are numbered as they did it. */
export async function leaveOutRows(writer: Writer, plan: TableImport, filled: Filled): Promise<readonly Rule[]> {
  const { table } = plan;
  const rules = [...rowRules(plan, filled.filled, filled.given)];
  await writer.run(queries.leaveOut(table, rules));
  if (table === 'customer_products' && plan.onMissingReference === 'reject') {
    await writer.run(queries.leaveOutDangling(table, rules.length, REFERENCES));
    rules.push(...REFERENCES.map(({ column }) => setRule(`${column}.unknown`)));
  }
  if (filled.hasOthers) await leaveOutTaken(writer, plan, filled, rules);
  for (const key of keysOf(plan)) {
    await writer.run(queries.leaveOutDuplicates(table, rules.length, targetsNamed(key, filled)));
    rules.push(setRule(`${key.join('+')}.duplicate`));
  }
  return rules;
}

/** What is stored comes before what comes in: a row whose key is taken never stands in for one whose key is free. */
async function leaveOutTaken(writer: Writer, plan: TableImport, filled: Filled, rules: Rule[]): Promise<void> {
  const { table, mode } = plan;
  const own = CORE_TABLES[table].key;
  const id = mode === 'upsert' ? targetsNamed([own], filled)[0] : undefined;
  const keys = keysOf(plan).filter((key) => id === undefined || key.length > 1 || key[0] !== own);
  for (const key of keys) {
    await writer.run(queries.leaveOutTaken(table, rules.length, targetsNamed(key, filled), id));
    rules.push(setRule(`${key.join('+')}.taken`));
  }
}

function targetsNamed(key: readonly string[], { filled }: Filled): readonly Target[] {
  return key.map((name) => filled.find((target) => target.name === name)!);
}

/** A rule over many rows: its statement is of its own. */
function setRule(reason: string): Rule {
  return { kind: 'reject', reason, condition: '' };
}
