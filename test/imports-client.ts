import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { createService, type Service } from '../src/app.ts';
import { settingsWith, type Settings } from '../src/config/settings.ts';
import type { ImportStatus } from '../src/features/imports/jobs/status-model.ts';
import { openFrontDoor } from '../src/http/front-door.ts';

/** An answer of any kind: a status of an import, rows, or a problem. */
export type Json = {
  readonly data: ImportStatus & readonly Readonly<Record<string, unknown>>[];
  readonly meta: Readonly<Record<string, unknown>>;
  readonly code: string;
  readonly detail: string;
};
export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: Json;
};

/** A folder for one test, with files in it. */
export function folderWith(files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'listening-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

/** The whole service on a port of its own, over a data folder; closed when the test ends. */
export async function openListening(folder: string, changes: Partial<Settings> = {}) {
  const limits = { MEMORY_LIMIT: 512 * 1024 ** 2, THREADS: 1 };
  const settings = settingsWith({ DATA_DIR: folder, PORT: 0, ...limits, ...changes });
  const logged: string[] = [];
  const logger = pino({ level: 'error' }, { write: (line: string) => void logged.push(line) });
  const door = openFrontDoor({ settings, logger, version: '1.2.3' });
  const address = await door.listen();
  const clock = () => new Date('2026-10-01T12:00:00Z');
  const progress = () => undefined;
  const service: Service = await createService({ settings, logger, version: '1.2.3', clock, progress, door });
  door.handOver(service.current().app);
  let isClosed = false;
  const close = async () => {
    if (isClosed) return;
    isClosed = true;
    await door.close();
    await service.close();
  };
  onTestFinished(close);
  const ask = async (path: string, init: RequestInit = {}): Promise<Answer> => {
    const answer = await fetch(`${address}${path}`, init);
    const text = await answer.text();
    const isJson = /^application\/(problem\+)?json/.test(answer.headers.get('content-type') ?? '');
    return {
      status: answer.status,
      headers: answer.headers,
      text,
      json: (isJson ? JSON.parse(text) : undefined) as Json,
    };
  };
  const post = (path: string, body: object) =>
    ask(path, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
  const upload = (query: string, files: Readonly<Record<string, string | Uint8Array>>, catalog?: string) => {
    const form = new FormData();
    if (catalog !== undefined) form.append('catalog', catalog);
    for (const [name, content] of Object.entries(files)) form.append('file', new Blob([content as string]), name);
    return ask(`/v1/imports${query}`, { method: 'POST', body: form });
  };
  /** Waits until the import has ended. */
  const ended = async (id: string): Promise<ImportStatus> => {
    for (;;) {
      const { json } = await ask(`/v1/imports/${id}`);
      if (!['receiving', 'running'].includes(json.data.state)) return json.data;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  const imported = async (...args: Parameters<typeof upload>): Promise<ImportStatus> => {
    const begun = await upload(...args);
    if (begun.status !== 202) throw new Error(begun.text);
    return ended(begun.json.data.id);
  };
  return { address, service, settings, logged, ask, post, upload, ended, imported, close };
}
