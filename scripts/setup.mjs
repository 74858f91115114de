// Makes node_modules match the lockfile, then gets out of the way. Plain JavaScript without dependencies, because it
// runs on whatever Node the machine has; everything after it runs on the Node that it installs.
import { createHash } from 'node:crypto';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const stampFile = join(root, 'node_modules', '.setup-stamp');
const lockDir = join(root, '.setup-lock');
const ownerFile = join(lockDir, 'pid');
const runtime = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
const PROGRESS_MS = 10_000;
/** A lock without an owner: its maker was stopped between two calls, or has not come to the second one yet. */
const NAMELESS_LOCK_MS = 5_000;

const wanted = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .update(`${process.platform}-${process.arch}`)
  .digest('hex');

const say = (line) => process.stderr.write(`setup: ${line}\n`);
const textOf = (file) => (existsSync(file) ? readFileSync(file, 'utf8') : '');
const isReady = () => existsSync(runtime) && textOf(stampFile) === wanted;

/** True when this process holds the lock; false when another one made things ready meanwhile. */
async function takeLock() {
  for (let waited = 0; ; waited += 250) {
    try {
      mkdirSync(lockDir);
      writeFileSync(ownerFile, String(process.pid));
      return true;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (isReady()) return false;
    if (isLeftOver()) {
      say('an earlier set-up was stopped, doing it again');
      rmSync(lockDir, { recursive: true, force: true });
      continue;
    }
    if (waited % PROGRESS_MS === 0) say('another set-up is running, waiting for it');
    await pause(250);
  }
}

/** A set-up that was killed leaves its lock behind. */
function isLeftOver() {
  const owner = Number(textOf(ownerFile));
  if (owner === 0)
    return Date.now() - (statSync(lockDir, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > NAMELESS_LOCK_MS;
  try {
    process.kill(owner, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

async function install() {
  const env = { ...process.env };
  delete env.NODE_ENV;
  delete env.npm_config_omit;
  const npm = env.npm_execpath;
  if (!npm) throw new Error('packages are missing; start it through npm (npm start, npm test)');
  say('installing packages (about half a minute, once)');
  const started = Date.now();
  const seconds = () => Math.round((Date.now() - started) / 1000);
  const progress = setInterval(() => say(`still installing (${seconds()} s)`), PROGRESS_MS);
  const args = [npm, 'ci', '--loglevel=error', '--include=dev', '--include=optional'];
  const child = spawn(env.npm_node_execpath ?? process.execPath, args, { cwd: root, env, stdio: ['ignore', 2, 2] });
  // On Ctrl+C npm goes on for another half minute, and who starts again meanwhile sees folders vanish. What it leaves
  // half done, the next `npm ci` removes.
  let stoppedBy = '';
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.on(signal, () => {
      stoppedBy = signal;
      child.kill('SIGKILL');
    });
  const status = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  clearInterval(progress);
  if (stoppedBy) throw new Error(`stopped by ${stoppedBy}`);
  if (status !== 0) throw new Error('npm ci failed; see its message above');
  if (!existsSync(runtime)) throw new Error(`there is no Node.js package for ${process.platform}-${process.arch}`);
  const isWindows = process.platform === 'win32';
  if (spawnSync(runtime, ['--version'], { shell: isWindows }).status !== 0)
    throw new Error(`the Node.js package for ${process.platform}-${process.arch} does not run on this machine`);
  writeFileSync(stampFile, wanted);
  say(`packages installed in ${seconds()} s`);
}

try {
  if (!isReady() && (await takeLock())) {
    try {
      if (!isReady()) await install();
    } finally {
      rmSync(lockDir, { recursive: true, force: true });
    }
  }
} catch (error) {
  say(error.message);
  process.exitCode = 1;
}
