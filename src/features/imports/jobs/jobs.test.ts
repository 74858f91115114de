import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folderWith, openListening, type Answer } from '../../../../test/imports-client.ts';

const CUSTOMERS = 'customer_id,customer_name,region\nA,Ann,north\nB,Bo,south\n';
const PRODUCTS = 'product_id,product_name\nP,Tea\n';
const HELD = 'relationship_id,customer_id,product_id,start_date,value\n1,A,P,2024-01-01,10.50\n2,B,P,2024-02-01,1\n';
const CATALOG = `version: 1
tables:
  customers: { attributes: { colour: { description: Favourite. } } }
  raw_people: { file: people.csv }
imports:
  sources: { people: { file: people.csv } }
  tables:
    customers: { sql: "select id as customer_id, colour from people", on_reject: reject }
`;
const PEOPLE = 'id,colour\nX,red\nX,blue\n,green\n';

describe('one file into a table', () => {
  test('the demo gives way to the first rows; 202, then status, report and rows', async () => {
    const { upload, ended, ask } = await openListening(folderWith(), { DEMO: 'off' });
    const begun = await upload('?table=customers', { 'customers.csv': CUSTOMERS });
    expect([begun.status, begun.headers.get('location')]).toEqual([202, '/v1/imports/1']);
    expect(begun.json.data).toMatchObject({ id: '1', state: 'running', report: null });
    expect(await ended('1')).toMatchObject({
      state: 'imported',
      catalog: 'customers.csv',
      problem: null,
      rejected: [],
      report: { outcome: 'imported', tables: [{ table: 'customers', rowsIn: 2, rowsOut: 2 }] },
    });
    expect((await ask('/v1/customers')).json.data).toMatchObject([{ customerId: 'A' }, { customerId: 'B' }]);
    expect((await ask('/v1/imports')).json.data).toMatchObject([{ id: '1', state: 'imported' }]);
  });

  test('an export of the service can be imported again', async () => {
    const { imported, ask } = await openListening(folderWith(), { DEMO: 'off' });
    await imported('?table=customers', { 'c.csv': CUSTOMERS });
    await imported('?table=products', { 'p.csv': PRODUCTS });
    await imported('?table=customer_products', { 'r.csv': HELD });
    for (const format of ['csv', 'ndjson']) {
      const before = (await ask(`/v1/relationships?format=${format}`)).text;
      const again = await imported('?table=customer_products&mode=replace', { export: before });
      expect(again).toMatchObject({ state: 'imported', report: { tables: [{ rowsOut: 2, valueSum: '11.50' }] } });
      expect((await ask(`/v1/relationships?format=${format}`)).text).toBe(before);
    }
  });

  test('append refuses what is there, upsert replaces it; abort stops all of it, and the rejected rows say where', async () => {
    const { imported, ask } = await openListening(folderWith(), { DEMO: 'off' });
    await imported('?table=customers', { 'c.csv': CUSTOMERS });
    const more = 'customer_id,customer_name\nB,Beth\nC,Cy\n';
    const refused = await imported('?table=customers', { 'more.csv': more });
    expect(refused).toMatchObject({
      state: 'failed',
      rejected: [{ part: 'customers', reason: 'customer_id.taken', rows: 1 }],
    });
    const { text } = await ask(`/v1/imports/${refused.id}/rejects`);
    expect(JSON.parse(text)).toMatchObject({ part: 'customers', reason: 'customer_id.taken', line: 2, row: 1 });
    const csv = await ask(`/v1/imports/${refused.id}/rejects?format=csv`);
    expect(csv.text.split('\r\n')[0]).toBe('part,reason,line,row,record');
    expect(csv.text).toContain('customers,customer_id.taken,2,1,');
    expect((await ask('/v1/customers')).json.data).toHaveLength(2);
    const kept = await imported('?table=customers&onError=reject', { 'more.csv': more });
    expect(kept).toMatchObject({ state: 'imported', report: { tables: [{ rowsOut: 1, rejected: 1 }] } });
    await imported('?table=customers&mode=upsert', { 'more.csv': more });
    expect((await ask('/v1/customers/B')).json.data).toMatchObject({ customerName: 'Beth', region: null });
    expect((await ask('/v1/customers')).json.data).toHaveLength(3);
  });

  test('a dry run changes nothing', async () => {
    const { imported, ask } = await openListening(folderWith(), { DEMO: 'off' });
    expect(await imported('?table=customers&dryRun=true', { 'c.csv': CUSTOMERS })).toMatchObject({ state: 'checked' });
    expect((await ask('/v1/customers')).json.data).toEqual([]);
  });
});

describe('a catalog and its files', () => {
  test('are served from then on, also after a restart; an uploaded dataset stays', async () => {
    const folder = folderWith();
    const first = await openListening(folder, { DEMO: 'off' });
    expect(await first.imported('', { 'people.csv': PEOPLE }, CATALOG)).toMatchObject({
      state: 'imported',
      rejected: [
        { part: 'customers', reason: 'customer_id.missing', rows: 1 },
        { part: 'customers', reason: 'customer_id.duplicate', rows: 1 },
      ],
    });
    const rows = [{ customerId: 'X', attributes: { colour: 'red' } }];
    expect((await first.ask('/v1/customers')).json.data).toMatchObject(rows);
    expect((await first.ask('/v1/datasets')).json.data).toContainEqual(expect.objectContaining({ name: 'raw_people' }));
    expect((await first.ask('/v1/imports/1/rejects')).text.trim().split('\n')).toHaveLength(2);
    // The next one leaves the served file where it is, and takes its own away.
    expect(await first.imported('?table=products', { 'p.csv': PRODUCTS })).toMatchObject({ state: 'imported' });
    expect(readdirSync(join(folder, 'raw'))).toEqual(['import-1']);
    await first.close();
    const again = await openListening(folder);
    expect((await again.ask('/v1/customers')).json.data).toMatchObject(rows);
    expect((await again.ask('/v1/imports/1')).json.data).toMatchObject({ state: 'imported' });
    // Files alone go by the catalog that is served; a dataset of it can fill a table.
    expect(await again.imported('', { 'people.csv': 'id,colour\nY,blue\n' })).toMatchObject({ state: 'imported' });
    expect((await again.ask('/v1/customers')).json.data).toMatchObject([{ customerId: 'Y' }]);
  });

  test('that is the same again changes nothing for requests that come later', async () => {
    const { imported, service } = await openListening(folderWith(), { DEMO: 'off' });
    await imported('', { 'people.csv': PEOPLE }, CATALOG.replace('  raw_people: { file: people.csv }\n', ''));
    const { app } = service.current();
    await imported('', { 'people.csv': PEOPLE }, CATALOG.replace('  raw_people: { file: people.csv }\n', ''));
    expect(service.current().app).toBe(app);
    expect(app.lifecycle.isStale).toBe(false);
  });

  test('that CATALOG names says how files alone become rows; nothing is kept in its place', async () => {
    const mine = `version: 1
tables: { regions: { file: regions.csv } }
imports:
  sources: { people: { file: people.csv } }
  tables: { customers: { sql: select id as customer_id from people } }
`;
    const folder = folderWith({ 'mine.yaml': mine, 'regions.csv': 'r\n1\n' });
    await (await openListening(join(folder, 'data'), { DEMO: 'off' })).close();
    const file = join(folder, 'mine.yaml');
    const { imported, upload, ask } = await openListening(join(folder, 'data'), { CATALOG: file });
    expect(await imported('', { 'people.csv': 'id\nY\n' })).toMatchObject({ state: 'imported', problem: null });
    expect((await ask('/v1/customers')).json.data).toMatchObject([{ customerId: 'Y' }]);
    expect(readdirSync(join(folder, 'data'))).not.toContain('catalog.yaml');
    expect(readdirSync(join(folder, 'data', 'raw'))).toEqual([]);
    rmSync(file);
    const { status, json } = await upload('', { 'people.csv': 'id\nZ\n' });
    expect([status, json.code]).toEqual([422, 'catalog.invalid']);
  });

  test('mistakes are told before anything runs', async () => {
    const { upload, ask } = await openListening(folderWith(), { DEMO: 'off' });
    const missing = await upload('', {}, CATALOG);
    expect([missing.status, missing.json.code]).toEqual([422, 'catalog.invalid']);
    expect(missing.json.detail).toContain('people.csv');
    const wrong = await upload('', { 'people.csv': PEOPLE }, CATALOG.replace('colour: {', 'colour: { typo: 1,'));
    expect([wrong.status, wrong.json.code]).toEqual([422, 'catalog.invalid']);
    expect(wrong.json.detail).toMatch(/^catalog:\d+:\d+ /);
    expect((await upload('', { 'people.csv': PEOPLE })).json.detail).toContain('?table=customers');
    expect((await upload('?table=customers', {})).json.detail).toContain('0 were sent');
    expect((await upload('?table=customers', { 'a.csv': '', 'b.csv': '' })).json.detail).toContain('2 were sent');
    expect((await upload('?table=customers', { a: '' }, CATALOG)).json.code).toBe('import.failed');
    expect((await upload('?tabel=customers', { a: '' })).json.code).toBe('request.unknown_parameter');
    expect((await upload('?table=people', { a: '' })).json.code).toBe('request.invalid');
    expect((await ask('/v1/imports')).json.data.map((one) => one['state'])).toEqual(Array(6).fill('failed'));
  });

  test('is not taken where CATALOG names another', async () => {
    const folder = folderWith({ 'mine.yaml': 'version: 1\ntables: { regions: { sql: select 1 as r } }\n' });
    await (await openListening(join(folder, 'data'), { DEMO: 'off' })).close();
    const { upload } = await openListening(join(folder, 'data'), { CATALOG: join(folder, 'mine.yaml') });
    const { status, json } = await upload('', { 'people.csv': PEOPLE }, CATALOG);
    expect([status, json.code]).toEqual([422, 'import.failed']);
    expect(json.detail).toContain('CATALOG');
  });
});

describe('a dataset into a table', () => {
  const SERVED = `version: 1
tables:
  people: { file: people.csv }
  odd: { sql: "select 'Q' as product_id, 'Quark' as product_name" }
`;
  test('a file or a select of the catalog', async () => {
    const folder = folderWith({ 'mine.yaml': SERVED, 'people.csv': 'customer_id\nZ\n' });
    await (await openListening(join(folder, 'data'), { DEMO: 'off' })).close();
    const { post, ended, ask } = await openListening(join(folder, 'data'), { CATALOG: join(folder, 'mine.yaml') });
    const file = await post('/v1/imports?table=customers', { dataset: 'people' });
    expect(await ended(file.json.data.id)).toMatchObject({ state: 'imported' });
    const select = await post('/v1/imports?table=products', { dataset: 'odd' });
    expect(await ended(select.json.data.id)).toMatchObject({ problem: null, state: 'imported' });
    expect((await ask('/v1/customers')).json.data).toMatchObject([{ customerId: 'Z' }]);
    expect((await ask('/v1/products')).json.data).toMatchObject([{ productName: 'Quark' }]);
    expect((await post('/v1/imports?table=products', { dataset: 'peeple' })).json).toMatchObject({
      code: 'dataset.not_found',
      detail: expect.stringContaining('people'),
    });
    expect((await post('/v1/imports', { dataset: 'people' })).json.code).toBe('import.failed');
    expect((await post('/v1/imports?table=products', { data: 'people' })).json.code).toBe('request.invalid');
  });

  test('a table whose rows lie elsewhere is not written', async () => {
    const folder = folderWith({
      'mine.yaml': `version: 1\ntables:\n  customers: { sql: "select 'A' as customer_id" }\n`,
    });
    await (await openListening(join(folder, 'data'), { DEMO: 'off' })).close();
    const { upload } = await openListening(join(folder, 'data'), { CATALOG: join(folder, 'mine.yaml') });
    expect((await upload('?table=customers', { 'c.csv': CUSTOMERS })).json.code).toBe('catalog.read_only');
  });
});

/** Sends the head and a first part of an upload, and holds the rest back. */
function halfUpload(address: string, query = '?table=customers') {
  const { hostname, port } = new URL(address);
  const headers = { 'content-type': 'multipart/form-data; boundary=x', 'transfer-encoding': 'chunked' };
  const sent = request({ hostname, port, method: 'POST', path: `/v1/imports${query}`, headers });
  const answered = new Promise<{ status: number; text: string }>((resolve, reject) => {
    sent.on('response', (answer) => {
      let text = '';
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
      answer.on('end', () => resolve({ status: answer.statusCode!, text }));
    });
    sent.on('error', reject);
  });
  answered.catch(() => undefined);
  sent.write('--x\r\ncontent-disposition: form-data; name="file"; filename="c.csv"\r\n\r\ncustomer_id\nA\n');
  return { sent, answered, finish: () => sent.end('\r\n--x--\r\n') };
}

describe('one at a time, and ends', () => {
  const state = async (ask: (path: string) => Promise<Answer>, id: string) =>
    (await ask(`/v1/imports/${id}`)).json.data?.state;
  const until = async (check: () => Promise<boolean>) => {
    while (!(await check())) await new Promise((resolve) => setTimeout(resolve, 5));
  };

  test('a second is refused while the first arrives; then it may come', async () => {
    const { address, upload, ask, ended, imported } = await openListening(folderWith(), { DEMO: 'off' });
    const half = halfUpload(address);
    await until(async () => (await state(ask, '1')) === 'receiving');
    const second = await upload('?table=customers', { 'c.csv': CUSTOMERS });
    expect([second.status, second.json.code]).toEqual([409, 'import.running']);
    half.finish();
    expect((await half.answered).status).toBe(202);
    await ended('1');
    expect(await imported('?table=products', { 'p.csv': PRODUCTS })).toMatchObject({ state: 'imported' });
  });

  test('cancelled while it arrives: nothing is left, and the sender is told', async () => {
    const folder = folderWith();
    const { address, ask } = await openListening(folder, { DEMO: 'off' });
    const half = halfUpload(address);
    await until(async () => (await state(ask, '1')) === 'receiving');
    const { status, json } = await ask('/v1/imports/1', { method: 'DELETE' });
    expect([status, json.data.state]).toEqual([200, 'cancelled']);
    half.sent.end();
    expect(JSON.parse((await half.answered).text)).toMatchObject({ code: 'import.cancelled' });
    expect(readdirSync(join(folder, 'raw'))).toEqual([]);
    const again = await ask('/v1/imports/1', { method: 'DELETE' });
    expect([again.status, again.json.code]).toEqual([409, 'import.ended']);
    expect((await ask('/v1/imports/77', { method: 'DELETE' })).json.code).toBe('import.not_found');
    expect((await ask('/v1/imports/x%27', {})).json.code).toBe('import.not_found');
  });

  test('the client leaves in the middle of the upload: the import has failed, and the next may begin', async () => {
    const folder = folderWith();
    const { address, ask, ended, imported } = await openListening(folder, { DEMO: 'off' });
    const half = halfUpload(address);
    await until(async () => (await state(ask, '1')) === 'receiving');
    half.sent.destroy();
    expect(await ended('1')).toMatchObject({ state: 'failed' });
    expect(readdirSync(join(folder, 'raw'))).toEqual([]);
    expect(await imported('?table=customers', { 'c.csv': CUSTOMERS })).toMatchObject({ state: 'imported' });
  });

  test('an upload may take long, but not stand still', async () => {
    const { address, ask, ended } = await openListening(folderWith(), { DEMO: 'off', REQUEST_SECONDS: 1 });
    const half = halfUpload(address);
    for (let i = 0; i < 4; i++) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      half.sent.write(`B${i}`.repeat(100));
      half.sent.write('\n');
    }
    expect((await ask('/v1/imports/1')).json.data.state).toBe('receiving');
    expect((await half.answered.catch(() => ({ status: 408 }))).status).toBe(408);
    expect(await ended('1')).toMatchObject({ state: 'failed' });
  });

  test('a shutdown interrupts it; it is told so after the start', async () => {
    const folder = folderWith();
    const first = await openListening(folder, { DEMO: 'off', SHUTDOWN_SECONDS: 1 });
    const half = halfUpload(first.address);
    await until(async () => (await state(first.ask, '1')) === 'receiving');
    await first.close();
    await half.answered.catch(() => undefined);
    const again = await openListening(folder, { DEMO: 'off' });
    expect((await again.ask('/v1/imports/1')).json.data.state).toMatch(/interrupted|failed/);
    expect((await again.ask('/v1/customers')).json.data).toEqual([]);
  });

  test('what a killed process left behind is taken away, and recorded as interrupted', async () => {
    const folder = folderWith();
    const first = await openListening(folder, { DEMO: 'off' });
    const { importReports } = await import('../../../data/state/import-reports.ts');
    const { openState } = await import('../../../data/state/open-state.ts');
    await first.close();
    const store = openState({ file: join(folder, 'state.sqlite'), clock: () => new Date() });
    const { tenant } = await import('../../../data/warehouse/tenant.ts');
    expect(await importReports(store).start(tenant('default'), '')).toMatchObject({ id: '1' });
    store.close();
    mkdirSync(join(folder, 'raw', 'import-1'));
    writeFileSync(join(folder, 'raw', 'import-1', 'c.csv'), 'half');
    mkdirSync(join(folder, 'processed', 'rejects'), { recursive: true });
    writeFileSync(join(folder, 'processed', 'rejects', '1.ndjson.rows'), 'half');
    const again = await openListening(folder);
    expect(existsSync(join(folder, 'raw', 'import-1'))).toBe(false);
    expect(readdirSync(join(folder, 'processed', 'rejects'))).toEqual([]);
    expect((await again.ask('/v1/imports/1')).json.data.state).toBe('interrupted');
    expect(await again.imported('?table=customers', { 'c.csv': CUSTOMERS })).toMatchObject({ state: 'imported' });
    expect(existsSync(join(folder, 'raw', 'import-1'))).toBe(false);
  });
});

describe('bad uploads', () => {
  test('folders in a name are left out, as browsers do', async () => {
    const folder = folderWith();
    const { address, ended } = await openListening(folder, { DEMO: 'off' });
    const body = `--x\r\ncontent-disposition: form-data; name="file"; filename="../../evil.csv"\r\n\r\n${CUSTOMERS}\r\n--x--\r\n`;
    const headers = { 'content-type': 'multipart/form-data; boundary=x' };
    await fetch(`${address}/v1/imports?table=customers`, { method: 'POST', body, headers });
    expect(await ended('1')).toMatchObject({ state: 'imported', catalog: 'evil.csv' });
    expect(existsSync(join(folder, '..', 'evil.csv'))).toBe(false);
  });

  test.each([['..'], [`${'n'.repeat(300)}.csv`]])('a file called %.20s', async (name) => {
    const { address } = await openListening(folderWith(), { DEMO: 'off' });
    const body = `--x\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\n\r\na\r\n--x--\r\n`;
    const headers = { 'content-type': 'multipart/form-data; boundary=x' };
    const answer = await fetch(`${address}/v1/imports?table=customers`, { method: 'POST', body, headers });
    const { code } = (await answer.json()) as { code: string };
    expect([answer.status, code]).toEqual([400, 'request.malformed']);
  });

  test.each([["it's; drop table customers --.csv"], ['*?[x].csv'], ['-rf'], ['💥 é ‮.csv'], ['a\nb.csv']])(
    'a file called %j is read as any other, and named in the report',
    async (name) => {
      const { imported } = await openListening(folderWith(), { DEMO: 'off' });
      const done = await imported('?table=customers', { [name]: CUSTOMERS });
      // Line ends and quotes in names of parts are sent percent-encoded by browsers (HTML, multipart/form-data).
      expect(done).toMatchObject({ state: 'imported', catalog: name.replaceAll('\n', '%0A') });
    },
  );

  test('no multipart, no boundary, nothing, a broken body, too much', async () => {
    const folder = folderWith();
    const { ask, upload } = await openListening(folder, { DEMO: 'off', UPLOAD_BYTES: 50 });
    const send = (body: string, type: string) =>
      ask('/v1/imports?table=customers', { method: 'POST', body, headers: { 'content-type': type } });
    expect((await send('a,b', 'text/csv')).status).toBe(415);
    expect((await send('x', 'multipart/form-data')).status).toBeLessThan(500);
    expect((await send('x', 'multipart/form-data; boundary=y')).status).toBe(400);
    expect(
      (
        await send(
          '--y\r\ncontent-disposition: form-data; name="f"; filename="a"\r\n\r\nabc',
          'multipart/form-data; boundary=y',
        )
      ).status,
    ).toBe(400);
    expect(
      (
        await send(
          '--y\r\ncontent-disposition: form-data; name="mode"\r\n\r\nabc\r\n--y--',
          'multipart/form-data; boundary=y',
        )
      ).json.detail,
    ).toContain('options stand in the address');
    const large = await upload('?table=customers', { 'c.csv': CUSTOMERS });
    expect([large.status, large.json.code]).toEqual([413, 'upload.too_large']);
    expect(readdirSync(join(folder, 'raw'))).toEqual([]);
  });
});

describe('in place of the demo', () => {
  test('the first import takes over without a restart; what other imports find is its database', async () => {
    const folder = folderWith();
    const { ask, imported, service, logged } = await openListening(folder, { DEMO: 'on' });
    expect((await ask('/v1/customers?limit=1')).json.meta.demo).toBe(true);
    const failed = await imported('?table=customers', { 'c.csv': 'customer_id\n\n"\n' });
    expect(failed.state).toBe('failed');
    expect(existsSync(join(folder, 'main.duckdb'))).toBe(false);
    expect((await ask('/v1/customers?limit=1')).json.meta.demo).toBe(true);
    expect(await imported('', { 'people.csv': PEOPLE }, CATALOG)).toMatchObject({ state: 'imported', problem: null });
    const { data, meta } = (await ask('/v1/customers')).json;
    expect([data, meta.demo]).toMatchObject([[{ customerId: 'X' }], undefined]);
    expect(service.current().source.kind).toBe('main');
    expect(await imported('?table=products', { 'p.csv': PRODUCTS })).toMatchObject({ state: 'imported' });
    expect((await ask('/v1/products')).json.data).toHaveLength(1);
    expect(logged).toEqual([]);
  });
});

describe('what cannot be served after the commit', () => {
  test('is told: the rows are stored, and why they are not served', async () => {
    const folder = folderWith();
    const { imported, ask } = await openListening(folder, { DEMO: 'off' });
    // Nothing can be written where the catalog is kept.
    mkdirSync(join(folder, 'catalog.yaml.new'));
    const done = await imported('', { 'people.csv': PEOPLE }, CATALOG);
    expect(done).toMatchObject({ state: 'imported', problem: expect.stringContaining('not served yet') });
    expect((await ask('/v1/customers')).status).toBe(200);
  });
});
