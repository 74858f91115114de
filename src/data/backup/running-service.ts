import { readFileSync, rmSync } from 'node:fs';
import { writeWhole } from '../../lib/durable.ts';
import { processStartedAt } from '../../lib/process-started.ts';
import type { DataPaths } from '../source.ts';

/** `DATA_DIR/service.json`: which process serves the folder, and where it listens. `/health` tells its start too. */
type Running = { readonly pid: number; readonly startedAt: string; readonly address: string };

/** Says that this process serves the folder, until the returned function is called. */
export function announceService({ service }: Pick<DataPaths, 'service'>, address: string): () => void {
  const ours: Running = { pid: process.pid, startedAt: processStartedAt(), address };
  writeWhole(service, `${JSON.stringify(ours)}\n`);
  return () => {
    // Another one may have said so meanwhile, when this one had lost its files.
    const now = read(service);
    if (now?.pid === ours.pid && now.startedAt === ours.startedAt) rmSync(service, { force: true });
  };
}

/**
 * The address of the service that runs on this folder; undefined when none does. What a process that was killed left is
 * not believed: whoever answers at the address must be that process.
 */
export async function findService({ service }: Pick<DataPaths, 'service'>): Promise<string | undefined> {
  const said = read(service);
  if (said === undefined) return undefined;
  try {
    const answer = await fetch(`${said.address}/health`, { signal: AbortSignal.timeout(5_000) });
    const { startedAt } = (await answer.json()) as { startedAt?: unknown };
    return startedAt === said.startedAt ? said.address : undefined;
  } catch {
    return undefined;
  }
}

function read(file: string): Running | undefined {
  try {
    const { pid, startedAt, address } = JSON.parse(readFileSync(file, 'utf8')) as Partial<Running>;
    return { pid: Number(pid), startedAt: String(startedAt), address: String(address) };
  } catch {
    return undefined;
  }
}
