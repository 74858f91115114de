import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { Type } from 'typebox';
import { expect, onTestFinished, test } from 'vitest';
import type { App } from '../../src/http/app-type.ts';
import { mountHome } from '../../src/http/home.ts';
import { mountOpenApi } from '../../src/http/openapi.ts';
import { problemResponses } from '../../src/http/problems.ts';
import { listeningServer } from '../listening-server.ts';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const hasChromium = existsSync(CHROMIUM);
if (!hasChromium) process.stderr.write(`skipped: the page tests, there is no ${CHROMIUM} (set CHROMIUM)\n`);

const Params = Type.Object({ id: Type.String({ maxLength: 9, description: 'Id.', examples: ['a-1'] }) });

async function sample(app: App): Promise<void> {
  await mountOpenApi(app, { tags: [{ name: 'samples', description: 'For the test.' }] });
  mountHome(app, {
    data: async () => ({
      source: 'demo',
      isDemo: true,
      asOf: '2026-10-31',
      customers: 1,
      products: 1,
      relationships: 1,
    }),
  });
  const schema = { operationId: 'getSample', summary: 'A sample', tags: ['samples'], params: Params };
  app.get(
    '/v1/samples/:id',
    { schema: { ...schema, response: { 200: Params, ...problemResponses() } } },
    (request) => request.params,
  );
}

/** A page that notes every address it asks for and everything that its console complains about. */
async function openPage(): Promise<{ page: Page; asked: string[]; complaints: string[] }> {
  const home = await mkdtemp(join(tmpdir(), 'page-test-'));
  const browser: Browser = await chromium.launch({
    executablePath: CHROMIUM,
    env: { ...process.env, HOME: home } as Record<string, string>,
    args: ['--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-quic'],
  });
  onTestFinished(async () => {
    await browser.close();
    await rm(home, { recursive: true, force: true });
  });
  const page = await browser.newPage();
  const asked: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  page.on('console', (message) => void (message.type() === 'error' && complaints.push(message.text())));
  page.on('pageerror', (error) => complaints.push(error.message));
  return { page, asked, complaints };
}

test.skipIf(!hasChromium)(
  '/docs: "Try it out" and "Execute" show a 200, and nothing is asked of another host',
  async () => {
    const { url } = await listeningServer(sample);
    const { page, asked, complaints } = await openPage();
    await page.goto(`${url}/docs`);
    await page.locator('#operations-samples-getSample .opblock-summary').click();
    await page.getByRole('button', { name: 'Try it out' }).click();
    await page.getByPlaceholder('id').fill('b-2');
    await page.getByRole('button', { name: 'Execute' }).click();
    const answer = page.locator('.live-responses-table .response');
    await answer.waitFor();
    expect(await answer.locator('.response-col_status').first().innerText()).toContain('200');
    expect(await answer.innerText()).toContain('"id": "b-2"');
    expect(asked).toContain(`${url}/v1/samples/b-2`);
    expect(asked.filter((address) => !address.startsWith(`${url}/`) && !address.startsWith('data:'))).toEqual([]);
    expect(complaints).toEqual([]);
  },
);

test.skipIf(!hasChromium)('/: the page fits a phone and breaks no rule of its own policy', async () => {
  const { url } = await listeningServer(sample);
  const { page, asked, complaints } = await openPage();
  await page.setViewportSize({ width: 320, height: 600 });
  await page.goto(url);
  expect(await page.getByRole('link', { name: '/docs', exact: true }).isVisible()).toBe(true);
  expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBe(320);
  expect(await page.evaluate<string>('getComputedStyle(document.querySelector("main")).maxWidth')).toBe('736px');
  expect(asked.filter((address) => !address.startsWith('data:'))).toEqual([`${url}/`]);
  expect(complaints).toEqual([]);
});
