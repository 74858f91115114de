import { expect } from 'vitest';
import { ANALYSES } from '../../src/features/index.ts';
import type { App } from '../../src/http/server.ts';
import { type Answer, comparable } from './answers.ts';
import { CHANGES, type Change } from './changes.ts';
import { questions } from './questions.ts';

/** Both services answer every question of every analysis alike; what is refused would be no example. */
export async function expectSameAnswers(one: App, other: App): Promise<void> {
  const asked = questions();
  expect(new Set(asked.map(({ analysis }) => analysis))).toEqual(new Set(ANALYSES));
  for (const { analysis, params } of asked) {
    const said = `${analysis.name} ${JSON.stringify(params)}`;
    const answerOf = async (app: App) => {
      const url = `/v1/analyses/${analysis.name}`;
      const reply = await app.inject({ method: 'POST', url, headers: { host: 'test' }, payload: params });
      expect([said, reply.statusCode, reply.body]).toEqual([said, 200, expect.anything()]);
      return reply.json<Answer>();
    };
    const [ours, theirs] = comparable(analysis, await answerOf(one), await answerOf(other));
    expect({ said, ...theirs }).toEqual({ said, ...ours });
  }
}

/** Both services take every change alike: the same status, ETag and record, or the same refusal. */
export async function expectSameChanges(one: App, other: App): Promise<void> {
  const [ask, askOther] = [writerOf(one), writerOf(other)];
  const statuses = new Set<number>();
  for (const change of CHANGES) {
    const [ours, theirs] = [await ask(change), await askOther(change)];
    expect({ change, ...theirs }).toEqual({ change, ...ours });
    statuses.add(ours.status);
  }
  // What is compared is no row of errors.
  expect([...statuses].sort((a, b) => a - b)).toEqual([200, 201, 404, 409, 412, 422, 428]);
}

/** Asks for changes, and remembers ETags. */
function writerOf(app: App) {
  const read = new Map<string, readonly string[]>();
  const tagsOf = async (url: string) => {
    const found = await app.inject({ method: 'GET', url, headers: { host: 'test' } });
    const [last, ...older] = read.get(url) ?? [];
    const tag = String(found.headers['etag']);
    const tags = tag === last ? [last, ...older] : [tag, ...(last === undefined ? [] : [last])];
    read.set(url, tags);
    return tags;
  };
  return async ({ method, url, body, lines, ifMatch }: Change) => {
    const record = url.replace(/\?.*/, '');
    const tags = ifMatch === undefined || ifMatch === '*' ? [] : await tagsOf(record);
    const match = ifMatch === '*' ? '*' : ifMatch === 'read' ? tags[0] : tags.at(-1);
    const headers = {
      host: 'test',
      ...(ifMatch === undefined ? {} : { 'if-match': match! }),
      ...(lines === undefined ? {} : { 'content-type': 'application/x-ndjson' }),
    };
    const text = lines?.map((line) => `${JSON.stringify(line)}\n`).join('');
    const payload = text ?? body;
    const reply = await app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
    const etag = String(reply.headers['etag']);
    // A record's is made of its values; a list's, which is weak, of the versions of its tables.
    const tag = etag.startsWith('W/') ? 'weak' : etag;
    return { status: reply.statusCode, tag, said: saidIn(reply.body, lines !== undefined) };
  };
}

type Said = { readonly data?: unknown; readonly code?: unknown; readonly detail?: unknown; readonly errors?: unknown };

/** What an answer says of rows and refusals; its times and versions are its own. */
function saidIn(text: string, isLines: boolean): unknown {
  if (text === '') return undefined;
  const parts = (isLines ? text.trim().split('\n') : [text]).map((part) => JSON.parse(part) as Said & object);
  if (isLines) return parts.filter((part) => !('meta' in part));
  return parts.map(({ data, code, detail, errors }) => ({ data, code, detail, errors }));
}
