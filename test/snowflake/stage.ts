import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { unknownObject } from './errors.ts';
import type { Session } from './sessions.ts';
import { scopeOf } from './sessions.ts';
import type { Put } from './sql/put.ts';
import { stageOf } from './sql/stages.ts';

/** Stages as folders. Files are put by the driver itself (LOCAL_FS), or over HTTP for its bind stage, which it will not write to a folder. */
export class Stages {
  readonly #folder: string;
  readonly #known = new Set<string>();
  /** What COPY INTO has loaded already: table, file and its content. */
  readonly loaded = new Set<string>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  create(name: string, session: Session): void {
    const place = this.#place(name, session);
    if (isBindStage(name)) rmSync(place, { recursive: true, force: true });
    mkdirSync(place, { recursive: true });
    this.#known.add(place);
  }

  drop(name: string, session: Session): void {
    rmSync(this.#place(name, session), { recursive: true, force: true });
    this.#known.delete(this.#place(name, session));
  }

  /** The folder of `@stage/path`; user and table stages are there by themselves. */
  folderOf({ name, path }: { name: string; path: string }, session: Session): string {
    const place = this.#place(name, session);
    if (!this.#known.has(place) && !/^[~%]/.test(name)) throw unknownObject(name, 'Stage');
    return join(place, path);
  }

  /** A session's own stages lie in its own folder. */
  #place(name: string, session: Session): string {
    const owner = isBindStage(name) ? `session-${session.id}` : 'shared';
    return join(this.#folder, owner, createHash('sha256').update(name).digest('hex').slice(0, 16));
  }

  /** What the driver is told for a PUT. */
  transfer(put: Put, session: Session, url: string): Readonly<Record<string, unknown>> {
    const stage = stageOf(put.stage, scopeOf(session));
    const folder = this.folderOf(stage, session);
    const isBinds = isBindStage(stage.name);
    const over = { location: `stage/${relativePath(folder, this.#folder)}/`, locationType: 'GCS', endPoint: url };
    return {
      command: 'UPLOAD',
      src_locations: [put.file],
      parallel: 4,
      threshold: 0,
      autoCompress: put.options.get('AUTO_COMPRESS') !== 'false',
      overwrite: put.options.get('OVERWRITE') === 'true',
      sourceCompression: put.options.get('SOURCE_COMPRESSION') ?? 'auto_detect',
      clientShowEncryptionParameter: false,
      stageInfo: {
        ...(isBinds ? over : { location: folder, locationType: 'LOCAL_FS' }),
        path: '',
        region: 'stand-in',
        creds: { GCS_ACCESS_TOKEN: 'stand-in' },
        isClientSideEncrypted: false,
      },
    };
  }

  /** A file that came over HTTP. */
  receive(path: string, body: Buffer): void {
    const file = join(this.#folder, path);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, body);
  }

  /** Rows of the CSV files that the driver put for a bulk statement: an empty field is null, `""` the empty text. */
  bindRows(reference: string, session: Session): (string | null)[][] {
    const folder = this.folderOf(stageOf(reference, scopeOf(session)), session);
    return filesIn(folder).flatMap((file) => csvRows(textOf(readFileSync(file))));
  }
}

const isBindStage = (name: string) => name.endsWith('SYSTEM$BIND');
const relativePath = (path: string, root: string) => path.slice(root.length + 1);

/** A file, or the files of a folder in order of their names. */
export function filesIn(path: string): string[] {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}

export function textOf(body: Buffer): string {
  return (body[0] === 0x1f && body[1] === 0x8b ? gunzipSync(body) : body).toString();
}

const FIELD = /(?:"((?:[^"]|"")*)"|([^,\n]*))(,|\n|$)/y;

export function csvRows(text: string): (string | null)[][] {
  const rows: (string | null)[][] = [];
  let row: (string | null)[] = [];
  FIELD.lastIndex = 0;
  while (FIELD.lastIndex < text.length) {
    const [, quoted, bare, end] = FIELD.exec(text)!;
    row.push(quoted?.replaceAll('""', '"') ?? (bare === '' ? null : bare!));
    if (end === ',' && FIELD.lastIndex < text.length) continue;
    rows.push(row);
    row = [];
  }
  return rows;
}
