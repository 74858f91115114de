import { rfmTables } from '../data/state/rfm-tables.ts';
import type { State } from '../data/state/open-state.ts';
import { segments } from '../data/state/segments.ts';
import { DEFAULT_RFM_TABLE, type RfmTable } from './facts/rfm-table.ts';
import type { ReadSaved } from './saved.ts';
import type { Rule } from './segments/rule.ts';

/** What users have defined, from the state store. */
export function savedIn(state: State): ReadSaved {
  const rules = segments<Rule>(state);
  const tables = rfmTables<RfmTable>(state);
  return async (tenant) => {
    const [definitions, table] = await Promise.all([rules.definitions(tenant), tables.current(tenant)]);
    return {
      version: `${definitions.version}.${table?.version ?? 0}`,
      segments: definitions.segments,
      rfmTable: table?.table ?? DEFAULT_RFM_TABLE,
      rfmTableVersion: table?.version ?? 0,
    };
  };
}
