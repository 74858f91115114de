import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { listeningServer, rawAnswer } from '../../test/listening-server.ts';
import { mountErrorPage } from './error-page.ts';
import { mountHome, type ServedData } from './home.ts';
import { ERRORS } from '../lib/error-catalog.ts';

const DATA: ServedData = {
  source: 'demo',
  isDemo: true,
  asOf: '2026-10-31',
  customers: 10_000,
  products: 500,
  relationships: 100_214,
  customerId: `C'<1>/`,
  productId: 'P 1',
};
const BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

const server = (data: () => Promise<ServedData> = () => Promise.resolve(DATA)) =>
  listeningServer((app) => {
    mountHome(app, { data });
    mountErrorPage(app);
    app.get('/v1/customers/:id/products', (request) => request.params);
  });

test('programs get an index with lines that work', async () => {
  const { url } = await server();
  const response = await fetch(url, { headers: { accept: 'application/json' } });
  const index = (await response.json()) as { try: string[] };
  expect(index).toMatchObject({
    name: 'customer-analytics',
    version: '1.2.3',
    data: DATA,
    links: { docs: '/docs', health: '/health' },
  });
  const [address] = /(?<=')http:[^']+/.exec(index.try[0]!)!;
  expect(await (await fetch(address)).json()).toEqual({ id: DATA.customerId });
});

test('browsers get a page without scripts, whose policy names its one style, with every value escaped', async () => {
  const { url } = await server(() => Promise.resolve({ ...DATA, source: '<script>alert(1)</script>' }));
  const response = await fetch(url, { headers: BROWSER });
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(response.headers.get('vary')).toBe('accept');
  const page = await response.text();
  const [, style = ''] = /<style>([\s\S]*)<\/style>/.exec(page)!;
  const policy = response.headers.get('content-security-policy')!;
  expect(policy).toContain(`style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`);
  expect(policy).toMatch(/^default-src 'none'/);
  expect(page).not.toContain('<script>');
  expect(page).toContain('&lt;script&gt;alert(1)');
  for (const text of [
    '10,000',
    '100,214',
    '2026-10-31',
    '1.2.3',
    'generated demo data',
    'href="/openapi.json"',
    'P%201/customers',
  ]) {
    expect(page).toContain(text);
  }
});

test('data of the owner has no demo note; data without rows has lines that work as well', async () => {
  const empty = { source: 'main', isDemo: false, asOf: null, customers: 0, products: 0, relationships: 0 };
  const { url } = await server(() => Promise.resolve(empty));
  const page = await (await fetch(url, { headers: BROWSER })).text();
  expect(page).not.toContain('demo data');
  expect(page).toContain('without dates');
  expect(page).toContain('/v1/customers?limit=5');
});

test('it answers without a warehouse', async () => {
  const { url } = await server(() => Promise.reject(new Error('secret')));
  const page = await (await fetch(url, { headers: BROWSER })).text();
  expect(page).toContain('does not answer');
  expect(page).not.toContain('secret');
  expect(await (await fetch(url)).json()).toMatchObject({ data: null });
});

test('a Host that does not belong into a shell is not printed', async () => {
  const { port } = await server();
  const answer = await rawAnswer(port, "GET / HTTP/1.1\r\nHost: a';rm -rf x;'\r\nConnection: close\r\n\r\n");
  expect(answer).toContain("curl 'http://localhost/v1/customers/");
  expect(answer).not.toContain('rm -rf');
  expect(await rawAnswer(port, 'GET / HTTP/1.1\r\nHost: [::1]:8000\r\nConnection: close\r\n\r\n')).toContain(
    "curl 'http://[::1]:8000/v1",
  );
});

test('every error has its place on the error page', async () => {
  const { url } = await server();
  const response = await fetch(`${url}/docs/errors`);
  const page = await response.text();
  for (const code of Object.keys(ERRORS)) expect(page).toContain(`id="${code}"`);
  expect(response.headers.get('content-security-policy')).toContain("style-src 'sha256-");
});
