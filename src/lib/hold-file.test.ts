import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { holdFile } from './hold-file.ts';

function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hold-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'one.lock');
}

test('a file is held by one until it lets go', () => {
  const file = newFile();
  const release = holdFile(file);
  expect(release).toBeTypeOf('function');
  expect(holdFile(file)).toBeUndefined();
  release!();
  const again = holdFile(file);
  expect(again).toBeTypeOf('function');
  expect(holdFile(file)).toBeUndefined();
  again!();
});

test('what a killed process held is free', async () => {
  const file = newFile();
  const hold = `import { holdFile } from ${JSON.stringify(new URL('hold-file.ts', import.meta.url).href)};
    holdFile(process.argv[1]); console.log('held'); setInterval(() => {}, 1e3);`;
  const holder = spawn(process.execPath, ['--input-type=module', '-e', hold, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void holder.kill('SIGKILL'));
  await once(holder.stdout, 'data');
  expect(holdFile(file)).toBeUndefined();
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  const release = holdFile(file);
  expect(release).toBeTypeOf('function');
  expect(holdFile(file)).toBeUndefined();
  release!();
});

test('a place where no file can be made is an error', () => {
  expect(() => holdFile(join(newFile(), 'none', 'one.lock'))).toThrow(/unable to open/);
});
