import { existsSync } from 'node:fs';
import { enableCompileCache } from 'node:module';

// Stripped and compiled sources are kept between starts, which halves the time to the first answer.
enableCompileCache();
if (existsSync('.env')) process.loadEnvFile('.env');
const { pino } = await import('pino');
const { startService } = await import('./start.ts');
// Written in the background: a synchronous write per request would cost as much as a small answer. Pino writes the rest
// when the process exits.
const log = pino.destination({ fd: 1, sync: false });
process.exitCode = await startService(
  { env: process.env, log, stderr: process.stderr, on: process.on.bind(process), exit: process.exit.bind(process) },
  { clock: () => new Date() },
);
