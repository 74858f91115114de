// Makes node_modules match the lockfile, then gets out of the way. Plain JavaScript without dependencies, because it
// runs on whatever Node the machine has; everything after it runs on the Node that it installs.
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const stampFile = join(root, 'node_modules', '.setup-stamp');
const lockDir = join(root, '.setup-lock');
const runtime = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
const STALE_LOCK_MS = 15 * 60_000;

const wanted = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .update(`${process.platform}-${process.arch}`)
  .digest('hex');

const isReady = () => existsSync(runtime) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === wanted;
const pause = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

function fail(message) {
  process.stderr.write(`setup: ${message}\n`);
  process.exit(1);
}

/** True when this process holds the lock; false when another one made things ready meanwhile. */
function takeLock() {
  for (let waited = 0; ; waited += 500) {
    try {
      mkdirSync(lockDir);
      return true;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (isReady()) return false;
    if (waited % 10_000 === 0) process.stderr.write('setup: another set-up is running, waiting for it\n');
    const age = Date.now() - (statSync(lockDir, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > STALE_LOCK_MS) fail(`${lockDir} is left over from a set-up that was stopped; remove it and start again`);
    pause(500);
  }
}

function install() {
  const env = { ...process.env };
  delete env.NODE_ENV;
  delete env.npm_config_omit;
  const npm = env.npm_execpath;
  if (!npm) fail('start it through npm (npm start, npm test)');
  process.stderr.write('setup: installing packages (about half a minute, once)\n');
  const started = Date.now();
  const args = [npm, 'ci', '--loglevel=error', '--include=dev', '--include=optional'];
  const done = spawnSync(env.npm_node_execpath ?? process.execPath, args, { cwd: root, env, stdio: ['ignore', 2, 2] });
  if (done.status !== 0) fail('npm ci failed; see its message above');
  if (!existsSync(runtime)) fail(`there is no Node.js package for ${process.platform}-${process.arch}`);
  writeFileSync(stampFile, wanted);
  process.stderr.write(`setup: packages installed in ${Math.round((Date.now() - started) / 1000)} s\n`);
}

if (!isReady() && takeLock()) {
  try {
    if (!isReady()) install();
  } finally {
    rmdirSync(lockDir);
  }
}
