import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { writeRowsFile } from './rows-file.ts';

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rows-file-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
async function* bytes(...texts: readonly string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield await Promise.resolve(Buffer.from(text));
}
const { signal } = new AbortController();

test('all bytes, in the end under its name', async () => {
  const folder = newFolder();
  const file = join(folder, 'rows.csv');
  await writeRowsFile(file, bytes('a,b\r\n', '1,2\r\n'), signal);
  expect([readdirSync(folder), readFileSync(file, 'utf8')]).toEqual([['rows.csv'], 'a,b\r\n1,2\r\n']);
  await writeRowsFile(file, bytes(), signal);
  expect(readFileSync(file, 'utf8')).toBe('');
});

test('when the rows fail, or nobody wants them any more, nothing is left but what was there', async () => {
  const folder = newFolder();
  const file = join(folder, 'rows.csv');
  await writeRowsFile(file, bytes('before'), signal);
  async function* failing() {
    yield* bytes('half');
    throw new RangeError('no more rows');
  }
  await expect(writeRowsFile(file, failing(), signal)).rejects.toThrow(new RangeError('no more rows'));
  const stopped = AbortSignal.abort(new Error('not wanted'));
  await expect(writeRowsFile(file, bytes('half'), stopped)).rejects.toThrow('not wanted');
  expect([readdirSync(folder), readFileSync(file, 'utf8')]).toEqual([['rows.csv'], 'before']);
});
