import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { managedData } from '../e2e/data-folder.ts';
import { service } from '../e2e/service-process.ts';
import { folderWith, openListening } from '../imports-client.ts';

const GOOD = (name: string) => `version: 1\ntables: { ${name}: { sql: select 1 as r } }\n`;
const BROKEN = [
  'version: 1\ntables: { regions: { sql: select nothing from nowhere } }\n',
  'version: 1\ntables: { regions: { file: nowhere.csv } }\n',
  'version: 1\ntables: { customers: { attributes: { colour: { type: colour } } } }\n',
  'tables: [',
  '',
  '\u0000',
];
const READS = ['/v1/customers?limit=2', '/v1/datasets', '/v1/analyses/ownership.summary', '/v1/customers/C1/products'];

test(
  'a broken catalog under load: only the reload is refused, everybody else is served as before',
  { timeout: 300_000 },
  async () => {
    const folder = folderWith({ 'mine.yaml': GOOD('regions') });
    const data = join(folder, 'data');
    mkdirSync(data);
    await managedData(data, 50, 200);
    const { ask, post, logged } = await openListening(data, { CATALOG: join(folder, 'mine.yaml') });
    let isOver = false;
    const statuses = new Map<string, number>();
    const note = (what: string, status: number) =>
      statuses.set(`${what} ${status}`, (statuses.get(`${what} ${status}`) ?? 0) + 1);
    const readers = READS.map(async (path) => {
      while (!isOver) note('GET', (await ask(path)).status);
    });
    const writer = (async () => {
      for (let i = 0; !isOver; i += 1) note('POST', (await post('/v1/customers', { customerId: `W${i}` })).status);
    })();
    for (let round = 0; round < 2; round += 1) {
      for (const text of BROKEN) {
        writeFileSync(join(folder, 'mine.yaml'), text);
        const { status, json } = await ask('/v1/admin/catalog:reload', { method: 'POST' });
        expect([text, status, json.code]).toEqual([text, 422, 'catalog.invalid']);
        const listed = JSON.parse((await ask('/v1/datasets')).text) as { data: { name: string }[] };
        const names = listed.data.map(({ name }) => name);
        expect(names).toContain(round === 0 ? 'regions' : `regions_${round - 1}`);
      }
      writeFileSync(join(folder, 'mine.yaml'), GOOD(`regions_${round}`));
      const { status, text } = await ask('/v1/admin/catalog:reload', { method: 'POST' });
      expect([status, JSON.parse(text)]).toMatchObject([200, { data: { isChanged: true } }]);
    }
    isOver = true;
    await Promise.all([...readers, writer]);
    expect([...statuses.keys()].sort()).toEqual(['GET 200', 'POST 201']);
    expect(logged).toEqual([]);
  },
);

test(
  'SIGHUP with a broken catalog: the log says what is wrong, and the service goes on',
  { timeout: 300_000 },
  async () => {
    const folder = folderWith({ 'mine.yaml': GOOD('regions') });
    const data = join(folder, 'data');
    mkdirSync(data);
    await managedData(data, 5, 5);
    const running = service(data, { CATALOG: join(folder, 'mine.yaml') });
    const address = await running.serves();
    writeFileSync(join(folder, 'mine.yaml'), BROKEN[1]!);
    running.kill('SIGHUP');
    const line = await running.line(({ level }) => level === 50);
    expect(line['msg']).toContain('goes on with the old one');
    expect(JSON.stringify(line)).toContain('nowhere.csv');
    expect((await fetch(`${address}/v1/customers/C1`)).status).toBe(200);
    writeFileSync(join(folder, 'mine.yaml'), GOOD('areas'));
    running.kill('SIGHUP');
    await running.line(({ msg }) => msg === 'serving by another catalog');
    const datasets = (await (await fetch(`${address}/v1/datasets`)).json()) as { data: { name: string }[] };
    expect(datasets.data.map(({ name }) => name)).toContain('areas');
  },
);
