import type { Tenant } from '../data/warehouse/tenant.ts';
import { DEFAULT_RFM_TABLE, type RfmTable } from './facts/rfm-table.ts';
import type { Definitions } from './segments/fold-rule.ts';

/** What the users of a tenant have defined and answers depend on; equal versions are equal. */
export type Saved = {
  readonly version: string;
  readonly segments: Definitions;
  readonly rfmTable: RfmTable;
  /** 0 is the table that holds until another one is put. */
  readonly rfmTableVersion: number;
};

export type ReadSaved = (tenant: Tenant) => Promise<Saved>;

/** Before anybody has defined anything. */
export const NOTHING_SAVED: Saved = Object.freeze({
  version: '0',
  segments: new Map(),
  rfmTable: DEFAULT_RFM_TABLE,
  rfmTableVersion: 0,
});
