import { enableCompileCache } from 'node:module';

// Stripped and compiled sources are kept between starts, which halves the time to the first answer.
enableCompileCache();
const { startService } = await import('./start.ts');
process.exitCode = await startService(process, { clock: () => new Date() });
