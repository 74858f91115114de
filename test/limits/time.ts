import { connect } from 'node:net';
import { expect } from 'vitest';
import { openSocket, problemInRaw, rawAnswer, received } from '../listening-server.ts';
import { answersAsUsual, busy, driven, eventually, refused, type ServedWorld } from './served-world.ts';

/** A collected answer is given up with the name of the setting, in both lanes and for what streams but has no row yet. */
export function statementSeconds(): Promise<void> {
  return driven({ STATEMENT_SECONDS: 0.3 }, async ({ ask }) => {
    for (const name of ['endless', 'endless-look-up']) {
      const { detail } = await refused(ask(`/v1/analyses/slow.${name}`), 504, 'statement.timeout');
      expect(detail).toBe('It was stopped after 0.3 seconds (STATEMENT_SECONDS).');
    }
  });
}

const ROWS_FOR_AN_HOUR = 1e12;

/** A streamed answer breaks off: the client sees no normal end, and the log says why. */
export function streamSeconds(): Promise<void> {
  return driven({ STREAM_SECONDS: 0.4, HEAVY_CONNECTIONS: 8 }, async (served) => {
    const { ask, port, line } = served;
    const notBegun = await refused(ask('/v1/analyses/slow.endless?format=csv'), 504, 'statement.timeout');
    expect(notBegun.detail).toContain('STREAM_SECONDS');
    for (const [name, format] of [
      ['rows', 'csv'],
      ['rows', 'ndjson'],
      ['row-stream', 'json'],
    ]) {
      const path = `/v1/analyses/slow.${name}?n=${ROWS_FOR_AN_HOUR}&format=${format}`;
      const response = await ask(path);
      expect(response.status).toBe(200);
      await expect(response.text(), `${name} as ${format}`).rejects.toThrow('terminated');
      expect(await line(({ analysis, code }) => analysis === `slow.${name}` && code !== undefined)).toMatchObject({
        status: 504,
        code: 'statement.timeout',
      });
    }
    const raw = await rawAnswer(
      port,
      `GET /v1/analyses/slow.rows?n=${ROWS_FOR_AN_HOUR}&format=csv HTTP/1.1\r\nHost: a\r\n\r\n`,
    );
    expect(raw.slice(0, 15)).toBe('HTTP/1.1 200 OK');
    expect(raw.endsWith('0\r\n\r\n')).toBe(false);
    await isFreedThoughNobodyReads(served);
  });
}

async function isFreedThoughNobodyReads({ port, world }: ServedWorld): Promise<void> {
  const asked = world.ran.length;
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  socket.write(`GET /v1/analyses/slow.rows?n=${ROWS_FOR_AN_HOUR}&format=csv HTTP/1.1\r\nHost: a\r\n\r\n`);
  await eventually(() => expect(world.ran.length).toBeGreaterThan(asked));
  await eventually(() => expect(busy(world).heavy).toEqual([0, 0]));
  socket.destroy();
}

/** A head or a body that stalls is answered on the raw connection, which is closed. */
export function requestSeconds(): Promise<void> {
  return driven({ REQUEST_SECONDS: 1 }, async ({ port }) => {
    const head = 'POST /v1/ownership HTTP/1.1\r\nHost: a\r\n';
    const stalled = [head, `${head}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"customerIds"`];
    const sockets = await Promise.all(stalled.map((text) => openSocket(port, text)));
    for (const answer of await Promise.all(sockets.map(received))) {
      const { status, code, detail } = problemInRaw(answer);
      expect([status, code]).toEqual([408, 'request.timeout']);
      expect(detail).toBe('The request did not arrive within 1 s.');
    }
  });
}

/** What waits for a connection is refused after a while, and told when to come again. */
export function queueSeconds(): Promise<void> {
  return driven({ QUEUE_SECONDS: 0.2, HEAVY_CONNECTIONS: 1, FAST_CONNECTIONS: 1 }, async (served) => {
    for (const name of ['endless', 'endless-look-up']) {
      const leave = new AbortController();
      const first = served.ask(`/v1/analyses/slow.${name}`, { signal: leave.signal });
      const lane = name === 'endless' ? 'heavy' : 'fast';
      await eventually(() => expect(busy(served.world)[lane]).toEqual([1, 0]));
      const second = await served.ask(`/v1/analyses/slow.${name}?n=1`);
      expect(second.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
      const { detail } = await refused(second, 503, 'warehouse.busy');
      expect(detail).toBe('No connection became free within 0.2 seconds.');
      leave.abort();
      await expect(first).rejects.toThrow('aborted');
      await eventually(() => expect(busy(served.world)[lane]).toEqual([0, 0]));
    }
    await answersAsUsual(served);
  });
}
