import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { connect, failureOf } from './driver.ts';
import type { StandIn } from './stand-in.ts';

test('a stand-in of its own process is told what to do over HTTP, and ends when it is asked to', async () => {
  const options = JSON.stringify({ inlineRows: 5 });
  const main = fileURLToPath(new URL('main.ts', import.meta.url));
  const child = spawn(process.execPath, [main, '--options', options], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [url] = (await once(createInterface(child.stdout), 'line')) as [string];
  const tell = async (order: object) =>
    (
      await fetch(`${url}/stand-in`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(order),
      })
    ).json();
  const { run } = await connect({ url, account: 'STANDIN' } as StandIn);
  expect((await run('select seq4() as n from table(generator(rowcount => 20))')).rows).toHaveLength(20);
  await run('create table t (x int)');
  await tell({ fault: { on: 'query', action: { kind: 'error', code: '000606', sqlState: '57P03', message: 'no' } } });
  expect((await failureOf(run('select 1', [], { streamResult: true }))).code).toBe('000606');
  await tell({ warehouse: ['COMPUTE_WH', 'OVER_MONITOR'] });
  expect((await failureOf(run('select * from t'))).code).toBe('090073');
  await tell({ revoke: ['ANALYST', 'SELECT', 'DEMO.PUBLIC.T'], expire: 'sessions' });
  expect((await failureOf(run('select * from t'))).code).toBe('002003');
  expect(await tell({ admin: 'select count(*) as n from "DEMO"."PUBLIC"."T"', expire: 'chunks' })).toEqual({
    rows: [{ n: '0' }],
  });
  const log = (await (await fetch(`${url}/stand-in`)).json()) as { requests: { kind: string }[]; openSessions: number };
  expect([log.openSessions, log.requests.filter(({ kind }) => kind === 'chunk').length]).toEqual([1, 1]);
  await tell({ clear: true });
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});
