import { Type } from 'typebox';
import { describe, expect, test } from 'vitest';
import { listeningServer } from '../../test/listening-server.ts';
import type { App } from './app-type.ts';
import { mountHealth } from './health.ts';
import { mountHome } from './home.ts';
import { mountMetrics, serviceMetrics } from './metrics.ts';
import { mountOpenApi } from './openapi.ts';
import { openApiFaults, type OpenApiDocument } from '../../test/openapi-faults.ts';
import { problemResponses } from './problems.ts';

const closed = { additionalProperties: false };
const data = { source: 'demo', isDemo: true, asOf: null, customers: 0, products: 0, relationships: 0 };

async function everything(app: App): Promise<void> {
  await mountOpenApi(app, { tags: [{ name: 'samples', description: 'For the test.' }] });
  mountHealth(app, { probes: [] });
  mountMetrics(app, serviceMetrics({ laneStates: () => ({}), derivationStats: () => ({ refreshed: 0, failed: 0 }) }));
  mountHome(app, { data: () => Promise.resolve(data) });
  const Sample = Type.Object({ id: Type.String({ maxLength: 5, description: 'Id.', examples: ['a1'] }) }, closed);
  app.get(
    '/v1/samples/:id',
    {
      schema: {
        operationId: 'getSample',
        summary: 'A sample',
        tags: ['samples'],
        params: Sample,
        response: { 200: Sample, ...problemResponses('request.invalid') },
      },
    },
    (request) => request.params,
  );
}

const server = () => listeningServer(everything);
const documentOf = async (url: string) => (await (await fetch(`${url}/openapi.json`)).json()) as OpenApiDocument;

describe('/openapi.json', () => {
  test('is a sound OpenAPI 3.1 document', async () => {
    const document = await documentOf((await server()).url);
    expect(openApiFaults(document)).toEqual([]);
    expect(document).toMatchObject({
      openapi: '3.1.1',
      info: { title: 'Customer Analytics', version: '1.2.3', license: { identifier: 'Apache-2.0' } },
      servers: [{ url: '/' }],
    });
    expect(Object.keys(document.paths)).toEqual([
      '/openapi.json',
      '/health',
      '/readyz',
      '/livez',
      '/metrics',
      '/',
      '/v1/samples/{id}',
    ]);
    expect(Object.keys(document.components.schemas)).toEqual(['Problem']);
  });

  test('the check finds what is missing', async () => {
    const document = await documentOf((await server()).url);
    const sample = document.paths['/v1/samples/{id}']!['get']!;
    const twin = {
      ...sample,
      summary: '',
      tags: ['other'],
      parameters: [],
      responses: {
        204: { description: 'x', content: { 'application/json': { schema: { $ref: '#/components/schemas/Nope' } } } },
      },
    };
    const faults = openApiFaults({
      ...document,
      paths: { '/v1/samples/{id}': { get: sample }, '/twin/{id}': { get: twin } },
    });
    expect(faults).toEqual([
      'get /twin/{id}: operationId getSample is taken',
      'get /twin/{id}: no summary',
      'get /twin/{id}: tag other is not declared',
      'get /twin/{id}: path parameter id is not described',
      'get /twin/{id}: no problem response',
      'get /twin/{id}: no example',
      '#/components/schemas/Nope does not exist',
    ]);
  });

  test('has an ETag, and answers 304 to it', async () => {
    const { url } = await server();
    const first = await fetch(`${url}/openapi.json`);
    const etag = first.headers.get('etag')!;
    expect(etag).toMatch(/^"[\w-]{22}"$/);
    expect(first.headers.get('content-type')).toBe('application/json; charset=utf-8');
    const again = await fetch(`${url}/openapi.json`, { headers: { 'if-none-match': etag } });
    expect([again.status, await again.text()]).toEqual([304, '']);
  });
});

describe('/docs', () => {
  test('the page and all that it loads come from here, under a policy without other sources', async () => {
    const { url } = await server();
    const response = await fetch(`${url}/docs`);
    const page = await response.text();
    const policy = response.headers.get('content-security-policy')!;
    expect(policy).toMatch(/^default-src 'none'.*script-src 'self'; /);
    expect(policy).not.toMatch(/https?:|\*/);
    const assets = Array.from(page.matchAll(/(?:src|href)="([^"]+)"/g), ([, address]) => address!);
    expect(assets.length).toBeGreaterThan(5);
    for (const asset of assets) {
      expect(asset).toMatch(/^\/docs\//);
      expect((await fetch(url + asset)).status).toBe(200);
    }
  });

  test('other methods than GET are 405 there too, and other answers keep their own policy', async () => {
    const { url } = await server();
    expect((await fetch(`${url}/docs`, { method: 'POST' })).status).toBe(405);
    expect((await fetch(`${url}/livez`)).headers.get('content-security-policy')).not.toContain('script-src');
  });
});
