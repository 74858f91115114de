import type { FastifyRequest } from 'fastify';
import type { Tenant } from '../data/warehouse/tenant.ts';
import type { Engine } from '../analysis/engine.ts';
import type { WriteQueue } from '../analysis/write-queue.ts';
import type { Cursors } from './cursor.ts';
import type { OnceOnly } from './idempotency.ts';

/** What routes that answer questions need. */
export type MountOptions = {
  readonly engine: Engine;
  readonly cursors: Cursors;
  /** The one queue that all writes of a tenant pass. */
  readonly writesOf: (tenant: Tenant) => WriteQueue;
  /** Answers a write with an Idempotency-Key; one for all routes. */
  readonly onceOnly: OnceOnly;
  /** Whose rows a request may see. */
  readonly tenantOf: (request: FastifyRequest) => Tenant;
};
