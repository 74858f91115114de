import { Type } from 'typebox';
import type { Backups } from '../data/backup/backups.ts';
import { Manifest } from '../data/backup/manifest.ts';
import { abortSignalOf } from './abort-signal.ts';
import type { App } from './app-type.ts';
import { AppError } from '../lib/app-error.ts';
import { problemResponses } from './problems.ts';

const EXAMPLE = {
  name: '20260131T120000Z',
  manifest: {
    format: 1,
    createdAt: '2026-01-31T12:00:00.412Z',
    service: '1.0.0',
    source: 'main',
    files: [{ name: 'main.duckdb', bytes: 400_568_320, sha256: '0123456789abcdef'.repeat(4) }],
    dataVersions: { customers: 3, products: 1, customer_products: 7 },
    namedCatalog: null,
  },
  seconds: 2.4,
  heldSeconds: 0.7,
} as const;

const Answer = Type.Object({
  data: Type.Object(
    {
      name: Type.String({ description: 'Its folder in DATA_DIR/backups.', maxLength: 30 }),
      manifest: Manifest,
      seconds: Type.Number({ description: 'How long it took.', minimum: 0, 'x-unit': 'seconds' }),
      heldSeconds: Type.Number({ description: 'How long writes waited for it.', minimum: 0, 'x-unit': 'seconds' }),
    },
    { examples: [EXAMPLE] },
  ),
});

/** `POST /v1/admin/backups`. Where a backup goes is not for the client to say. */
export function mountBackup(app: App, backups: Backups): void {
  app.post(
    '/v1/admin/backups',
    {
      schema: {
        operationId: 'makeBackup',
        summary: 'Save the data into a new folder of DATA_DIR/backups',
        description:
          'All data as they are between two writes, while the service runs: reads go on, writes wait until the files are copied. The answer comes when everything is on the disk; a client that leaves before calls the backup off. `npm run backup -- DIR` asks for this and moves the folder to DIR.',
        tags: ['admin'],
        response: {
          201: Answer,
          ...problemResponses(
            'request.invalid',
            'backup.demo',
            'unsupported.feature',
            'backup.running',
            'backup.failed',
            'warehouse.disk_full',
          ),
        },
      },
    },
    async (request, reply) => {
      refuseMembers(request.body);
      const backup = await backups.create(abortSignalOf(request, reply));
      reply.code(201).header('cache-control', 'no-store');
      return { data: backup as never };
    },
  );
}

/** A path that is not looked at must not look as if it were. */
function refuseMembers(body: unknown): void {
  if (body === undefined || (body !== null && typeof body === 'object' && Object.keys(body).length === 0)) return;
  throw new AppError('request.invalid', 'The body must be empty: where a backup goes is not for the client to say.');
}
