import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runCommand } from './commands.ts';

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'commands-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function run(argv: readonly string[], cwd = newFolder(), env: Readonly<Record<string, string>> = {}) {
  const [out, err]: [string[], string[]] = [[], []];
  const lines = { stdout: (line: string) => void out.push(line), stderr: (line: string) => void err.push(line) };
  const code = await runCommand(argv, { env, cwd, ...lines });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

test.each([
  [[], 'no command was given'],
  [['imprt'], 'there is no command imprt (did you mean "import"?)'],
  [['constructor'], 'there is no command constructor'],
])('%j: wrong use is answered with what there is', async (argv, words) => {
  const { code, out, err } = await run(argv);
  expect([code, out]).toEqual([2, '']);
  expect(err.split('\n')[0]).toBe(words);
  for (const name of ['demo', 'import', 'catalog', 'docs']) expect(err).toContain(`  npm run ${name} `);
});

test.each([
  ['demo', '--help', 'npm run demo'],
  ['import', '--help', 'npm run import'],
])('%s gets the arguments behind its name', async (name, argument, words) => {
  expect(await run([name, argument])).toMatchObject({ code: 0, out: expect.stringContaining(words), err: '' });
});

test('catalog without a verb is wrong use, by its own words', async () => {
  expect(await run(['catalog'])).toMatchObject({ code: 2, err: expect.stringContaining('draft') });
});

test('docs writes the pages of all registries, and finds them up to date then', async () => {
  const cwd = newFolder();
  expect(await run(['docs', '--check'], cwd)).toMatchObject({ code: 1, err: expect.stringContaining('settings.md') });
  expect((await run(['docs'], cwd)).code).toBe(0);
  expect(existsSync(join(cwd, 'docs', 'reference', 'sql'))).toBe(true);
  expect(await run(['docs', '--check'], cwd)).toMatchObject({ code: 0, err: '' });
});

test.each([
  ['a setting that is not allowed', { THREADS: '0' }, /^THREADS="0": /],
  ['what the system refuses', { DATA_DIR: 'a-file' }, /not a directory/],
])('%s is said in words, with exit code 1', async (_what, env, words) => {
  const cwd = newFolder();
  writeFileSync(join(cwd, 'a-file'), '');
  const { code, err } = await run(['demo'], cwd, env);
  expect([code, err]).toEqual([1, expect.stringMatching(words)]);
  expect(err).not.toContain('    at ');
});

test('a fault of ours is not passed off as one of the user', async () => {
  const stdout = () => {
    throw new Error('our own fault');
  };
  const broken = { env: {}, cwd: newFolder(), stdout, stderr: () => undefined };
  await expect(runCommand(['demo', '--help'], broken)).rejects.toThrow('our own fault');
});
