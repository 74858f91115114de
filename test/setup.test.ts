import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

/** Stands in for npm: notes how it was called, waits for the file `go` where `slow` is there, and makes a runtime. */
const NPM = `
  import { appendFileSync, chmodSync, existsSync, mkdirSync, watch, writeFileSync } from 'node:fs';
  const { NODE_ENV, npm_config_omit } = process.env;
  appendFileSync('calls', JSON.stringify({ args: process.argv.slice(2), NODE_ENV, npm_config_omit }) + '\\n');
  if (existsSync('slow')) {
    console.error('npm has begun');
    await new Promise((resolve) => {
      const watcher = watch('.', () => existsSync('go') && (watcher.close(), resolve()));
      if (existsSync('go')) (watcher.close(), resolve());
    });
  }
  if (existsSync('broken')) process.exit(1);
  mkdirSync('node_modules/.bin', { recursive: true });
  if (!existsSync('foreign')) {
    writeFileSync('node_modules/.bin/node', existsSync('unfit') ? '#!/bin/sh\\nexit 1' : '#!/bin/sh\\n');
    chmodSync('node_modules/.bin/node', 0o755);
  }`;

let root: string;
const at = (...parts: string[]) => join(root, ...parts);
const note = (name: string, text = '') => writeFileSync(at(name), text);
const calls = () => (existsSync(at('calls')) ? readFileSync(at('calls'), 'utf8').trim().split('\n') : []);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'setup-'));
  mkdirSync(at('scripts'));
  copyFileSync(new URL('../scripts/setup.mjs', import.meta.url), at('scripts', 'setup.mjs'));
  note('npm.mjs', NPM);
  note('package-lock.json', '{}');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function start(env: NodeJS.ProcessEnv = {}) {
  const { npm_node_execpath: _, ...inherited } = process.env;
  const child = spawn(process.execPath, [at('scripts', 'setup.mjs')], {
    cwd: tmpdir(),
    env: { ...inherited, npm_execpath: at('npm.mjs'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const run = { child, said: '' };
  let wake = () => {};
  child.stderr.on('data', (chunk: Buffer) => {
    run.said += chunk.toString();
    wake();
  });
  const ended = once(child, 'close').then(([code]) => {
    wake();
    return code as number | null;
  });
  const until = async (words: string) => {
    while (!run.said.includes(words)) await new Promise<void>((resolve) => (wake = resolve));
  };
  return Object.assign(run, { ended, until });
}

const posix = test.skipIf(process.platform === 'win32');

posix('the first run installs everything and says so; the next one does nothing', async () => {
  const first = start({ NODE_ENV: 'production', npm_config_omit: 'dev' });
  expect(await first.ended).toBe(0);
  expect(first.said).toMatch(/^setup: installing packages .*\nsetup: packages installed in \d+ s\n$/);
  const args = ['ci', '--loglevel=error', '--include=dev', '--include=optional'];
  expect(calls()).toEqual([JSON.stringify({ args })]);
  const second = start();
  expect(await second.ended).toBe(0);
  expect(second.said).toBe('');
  expect(calls()).toHaveLength(1);
  expect(existsSync(at('.setup-lock'))).toBe(false);
});

posix('a changed lockfile or a lost runtime installs again', async () => {
  await start().ended;
  note('package-lock.json', '{ "changed": true }');
  await start().ended;
  expect(calls()).toHaveLength(2);
  rmSync(at('node_modules', '.bin', 'node'));
  await start().ended;
  expect(calls()).toHaveLength(3);
});

posix('of two at once one installs and both go on', async () => {
  note('slow');
  const first = start();
  await first.until('npm has begun');
  const second = start();
  await second.until('another set-up is running');
  note('go');
  expect(await Promise.all([first.ended, second.ended])).toEqual([0, 0]);
  expect(calls()).toHaveLength(1);
});

posix('Ctrl+C stops npm first and leaves no lock', async () => {
  note('slow');
  const run = start();
  await run.until('npm has begun');
  run.child.kill('SIGINT');
  expect(await run.ended).toBe(1);
  expect(run.said).toContain('setup: stopped by SIGINT\n');
  expect(existsSync(at('.setup-lock'))).toBe(false);
});

posix('after a set-up that was killed the next one does it again', async () => {
  note('slow');
  const killed = start();
  await killed.until('npm has begun');
  killed.child.kill('SIGKILL');
  expect(existsSync(at('.setup-lock'))).toBe(true);
  note('go');
  await killed.ended;
  const next = start();
  expect(await next.ended).toBe(0);
  expect(next.said).toContain('an earlier set-up was stopped, doing it again');
  expect(existsSync(at('.setup-lock'))).toBe(false);
});

posix('a lock that nobody put a name on is taken over when it is old', async () => {
  mkdirSync(at('.setup-lock'));
  utimesSync(at('.setup-lock'), new Date(0), new Date(0));
  const run = start();
  expect(await run.ended).toBe(0);
  expect(run.said).toContain('an earlier set-up was stopped');
});

posix.each([
  ['broken', 'npm ci failed; see its message above'],
  ['foreign', `there is no Node.js package for ${process.platform}-${process.arch}`],
  ['unfit', `the Node.js package for ${process.platform}-${process.arch} does not run on this machine`],
])('%s packages: it fails with the reason, holds no lock, and the next run tries again', async (fault, reason) => {
  note(fault);
  const run = start();
  expect(await run.ended).toBe(1);
  expect(run.said).toContain(`setup: ${reason}\n`);
  expect(existsSync(at('.setup-lock'))).toBe(false);
  rmSync(at(fault));
  expect(await start().ended).toBe(0);
  expect(calls()).toHaveLength(2);
});

posix('outside npm it says how to start', async () => {
  const run = start({ npm_execpath: '' });
  expect(await run.ended).toBe(1);
  expect(run.said).toBe('setup: packages are missing; start it through npm (npm start, npm test)\n');
  expect(existsSync(at('.setup-lock'))).toBe(false);
});
