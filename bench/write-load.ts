import { connect } from 'node:net';
import { request } from 'node:http';
import { answerReader } from './load.ts';

/** Milliseconds per answer, how many were not 201, and the whole run's seconds. */
export type WriteLoad = { readonly ms: Float64Array; readonly failed: number; readonly seconds: number };

type Posts = {
  readonly port: number;
  readonly path: string;
  readonly connections: number;
  readonly seconds: number;
  /** Body of the n-th request. */
  readonly body: (n: number) => object;
  /** Its Idempotency-Key. */
  readonly key?: (n: number) => string;
};

/** A closed loop of creates on keep-alive connections: each sends its next when the last was acknowledged. */
export async function posts({ port, path, connections, seconds, body, key }: Posts): Promise<WriteLoad> {
  const ms: number[] = [];
  const started = performance.now();
  let sent = 0;
  let failed = 0;
  const message = () => {
    const n = sent++;
    const text = JSON.stringify(body(n));
    const named = key === undefined ? '' : `idempotency-key: ${key(n)}\r\n`;
    const head = `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n${named}`;
    return `${head}content-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
  };
  const one = () =>
    new Promise<void>((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      let sentAt = 0;
      const ask = () => {
        if (performance.now() > started + seconds * 1000) {
          socket.end();
          return resolve();
        }
        sentAt = performance.now();
        socket.write(message());
      };
      const read = answerReader((status) => {
        ms.push(performance.now() - sentAt);
        failed += Number(status !== 201);
        ask();
      });
      socket.on('connect', ask).on('data', read).on('error', reject);
    });
  await Promise.all(Array.from({ length: connections }, one));
  return { ms: Float64Array.from(ms), failed, seconds: (performance.now() - started) / 1000 };
}

/** Seconds that a bulk write of these lines takes until its summary, and how many lines failed. */
export async function bulk(
  port: number,
  path: string,
  lines: readonly object[],
): Promise<{ readonly seconds: number; readonly failed: number }> {
  const pieces: string[] = [];
  for (let from = 0; from < lines.length; from += 500)
    pieces.push(
      lines
        .slice(from, from + 500)
        .map((line) => `${JSON.stringify(line)}\n`)
        .join(''),
    );
  const started = performance.now();
  const sent = request({ port, path, method: 'POST', headers: { 'content-type': 'application/x-ndjson' } });
  const answer = new Promise<string>((resolve, reject) => {
    sent.on('error', reject).on('response', (response) => {
      let end = '';
      response.on('data', (bytes: Buffer) => (end = (end + bytes.toString()).slice(-1_000)));
      response.on('end', () => resolve(end)).on('error', reject);
    });
  });
  for (const piece of pieces) if (!sent.write(piece)) await new Promise<void>((resolve) => sent.once('drain', resolve));
  sent.end();
  const last = (await answer).trimEnd().split('\n').at(-1)!;
  const { summary } = JSON.parse(last) as { summary: { failed: number } };
  return { seconds: (performance.now() - started) / 1000, failed: summary.failed };
}
