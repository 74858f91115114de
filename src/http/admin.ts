import { Type } from 'typebox';
import type { App } from './app-type.ts';
import { problemResponses } from './problems.ts';

/** What became of a reload: whether another catalog is served now, its hash, and its tables. */
export type Reloaded = {
  readonly isChanged: boolean;
  readonly catalogHash: string;
  readonly tables: readonly string[];
};

export type Admin = {
  /** Throws catalog.invalid when the catalog on disk has mistakes; what was served is served on then. */
  readonly reload: () => Promise<Reloaded>;
};

const Answer = Type.Object({
  data: Type.Object({
    isChanged: Type.Boolean({ description: 'Whether another catalog or database is served from now on.' }),
    catalogHash: Type.String({ maxLength: 64, description: 'Hash of the catalog that is served.' }),
    tables: Type.Array(Type.String({ maxLength: 63 }), {
      maxItems: 10_000,
      description: 'Its tables and datasets.',
    }),
  }),
});

/** What operators do. */
export function mountAdmin(app: App, { reload }: Admin): void {
  app.post(
    '/v1/admin/catalog::reload',
    {
      schema: {
        operationId: 'reloadCatalog',
        summary: 'Read the catalog again and serve by it, without a restart',
        description:
          'Atomic: with a mistake in the catalog the answer is 422 and the old one is served on. A database that an import made since the start is taken as well. SIGHUP does the same.',
        tags: ['admin'],
        response: { 200: Answer, ...problemResponses('catalog.invalid') },
      },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'no-store');
      return { data: { ...(await reload()) } as never };
    },
  );
}
