import { EventEmitter } from 'node:events';
import { onTestFinished } from 'vitest';
import { testStandIn } from '../driver.ts';
import type { StandInOptions } from '../options.ts';
import type { StandIn } from '../stand-in.ts';
import { type Settings, settingsWith } from '../../../src/config/settings.ts';
import type { Value } from '../../../src/data/warehouse/port.ts';
import type { DriverOptions, DriverResult, DriverSession } from '../../../src/data/warehouse/snowflake/driver.ts';
import { type DriverThreadOptions, openDriver } from '../../../src/data/warehouse/snowflake/driver-thread.ts';
import { type Thread, threadOver } from '../../../src/data/warehouse/snowflake/thread-handle.ts';
import { loadDriver } from '../../../src/data/warehouse/snowflake/thread/load.ts';
import type { Asked, ThreadCalls, ThreadData } from '../../../src/data/warehouse/snowflake/thread/messages.ts';
import { answer, threadCalls } from '../../../src/data/warehouse/snowflake/thread/serve.ts';
import { accountSettings } from '../account-settings.ts';

let loading: ReturnType<typeof loadDriver> | undefined;

/** What the thread does when it is asked, here. */
export async function callsHere(silenceMs?: number): Promise<ThreadCalls> {
  return threadCalls(await (loading ??= loadDriver({ useEnvProxy: false })), silenceMs);
}

/** The thread's work in this one, where coverage sees it; messages are copied as between threads. */
export function startHere({ silenceMs }: ThreadData): Thread {
  const calls = callsHere(silenceMs);
  const worker = new EventEmitter();
  return threadOver(
    Object.assign(worker, {
      postMessage: (asked: Asked) => {
        const copy = structuredClone(asked);
        void calls.then((known) => answer(known, copy)).then((said) => worker.emit('message', structuredClone(said)));
      },
      terminate: async () => 0,
    }) as unknown as Parameters<typeof threadOver>[0],
  );
}

export const OPTIONS: DriverOptions = {
  tag: '{}',
  seconds: 30,
  queuedSeconds: 10,
  isRepeatable: true,
  retrySeconds: 5,
};

export async function open(
  options: StandInOptions = {},
  changes: Partial<Settings> = {},
  more: DriverThreadOptions = {},
) {
  const standIn = await testStandIn(options);
  const driver = openDriver(settingsFor(standIn, changes), { start: startHere, ...more });
  onTestFinished(() => driver.close());
  return { standIn, driver, session: await driver.connect() };
}

export function settingsFor(standIn: StandIn, changes: Partial<Settings>): Settings {
  return settingsWith({
    ...accountSettings(standIn),
    ...changes,
  });
}

export async function columnsOf({ batches, schema }: DriverResult): Promise<Record<string, Value[]>> {
  const columns = schema.map((): Value[] => []);
  for await (const batch of batches) batch.columns.forEach((values, c) => columns[c]!.push(...values));
  return Object.fromEntries(schema.map(({ name }, c) => [name, columns[c]!]));
}

export const ask = async (session: DriverSession, text: string, options: Partial<DriverOptions> = {}) =>
  columnsOf(await session.run(text, [], { ...OPTIONS, ...options }));
