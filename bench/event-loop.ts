import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

/*
 * Loaded into a service that is measured (`--import`): on SIGUSR2 it writes how long the turns of the main thread's event
 * loop were since the last time, in milliseconds, into the file EVENT_LOOP_FILE.
 */
if (isMainThread) {
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  process.on('SIGUSR2', () => {
    const ms = (nanoseconds: number) => nanoseconds / 1e6;
    const said = { p99: ms(delays.percentile(99)), max: ms(delays.max) };
    delays.reset();
    writeFileSync(process.env['EVENT_LOOP_FILE']!, JSON.stringify(said));
  });
}
