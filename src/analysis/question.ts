import type { Statement } from '../data/sql/compile.ts';
import type { Sql } from '../data/sql/sql.ts';
import type { Tenant } from '../data/warehouse/tenant.ts';
import type { Field } from './columns.ts';
import type { Analysis } from './define.ts';
import type { ListingRequest } from './listing.ts';
import type { Saved } from './saved.ts';

export type ListRequest = ListingRequest & { readonly wantsTotal: boolean; readonly facets: readonly Field[] };

/** What a client asks: an analysis, its checked params (defaults applied) and, for a list, which part of it. */
export type Question = {
  readonly analysis: Analysis;
  readonly tenant: Tenant;
  readonly params: Readonly<Record<string, unknown>>;
  readonly listing: ListRequest | undefined;
  readonly isExplained: boolean;
  /** Of the request that asks, for the tags of statements. */
  readonly requestId?: string | undefined;
};

/** A question whose statement is printed and whose version is known: enough for an ETag, before anything runs. */
export type Prepared = Question & {
  readonly asOf: string;
  readonly saved: Saved;
  readonly fields: readonly Field[];
  /** Printed at the first call; undefined for an analysis that runs in steps. */
  readonly statement: () => Statement | undefined;
  /** What the statement was printed from, where it reads intermediate tables: these are built before it runs. */
  readonly fragment: () => Sql | undefined;
  readonly warnings: readonly string[];
  /** Tables that it reads. */
  readonly tables: readonly string[];
  /** Equal keys have equal answers; empty with an ETag that is undefined. */
  readonly key: string;
  /** Undefined when the version is not known, because the warehouse would have to be asked and nothing is kept anyway. */
  readonly etag: string | undefined;
};
