import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { AppError } from '../../lib/app-error.ts';
import type { Backup } from './backups.ts';

/** Asks a running service for a backup, and waits as long as it takes. Throws `backup.failed` with what it answered. */
export async function askService(address: string): Promise<Backup> {
  const { status, body } = await post(`${address}/v1/admin/backups`).catch((cause: unknown) => {
    const why = `the service at ${address} went away before the backup was made: ${(cause as Error).message}`;
    throw new AppError('backup.failed', why, { cause });
  });
  if (status === 201) return (JSON.parse(body) as { data: Backup }).data;
  throw new AppError('backup.failed', `the service at ${address} answered ${status}: ${detailOf(body)}`);
}

/** Not by fetch, which gives up after five minutes without a head. */
function post(address: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(address, { method: 'POST', agent: false }, (answer) => {
      text(answer).then((body) => resolve({ status: answer.statusCode!, body }), reject);
    });
    sent.on('error', reject).end();
  });
}

function detailOf(body: string): string {
  try {
    const { detail, hint } = JSON.parse(body) as { detail?: string; hint?: string };
    return `${detail} ${hint}`;
  } catch {
    return body.slice(0, 200);
  }
}
