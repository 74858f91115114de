import { Readable } from 'node:stream';
import { expect } from 'vitest';
import { problemInRaw, rawAnswer } from '../listening-server.ts';
import { driven, JSON_TYPE, refused } from './served-world.ts';

/** A body that announces its length and one that comes in chunks are refused alike. */
export function bodyBytes(): Promise<void> {
  return driven({ BODY_BYTES: 500 }, async ({ ask }) => {
    const body = (bytes: number) => {
      const text = JSON.stringify({ customerIds: ['C1'] });
      return text + ' '.repeat(bytes - text.length);
    };
    const sent = (bytes: number) => ask('/v1/ownership', { method: 'POST', headers: JSON_TYPE, body: body(bytes) });
    const chunked = (bytes: number) => {
      const stream = Readable.toWeb(Readable.from([Buffer.from(body(bytes))])) as ReadableStream;
      return ask('/v1/ownership', { method: 'POST', headers: JSON_TYPE, body: stream, duplex: 'half' } as RequestInit);
    };
    for (const send of [sent, chunked]) {
      expect((await send(500)).status).toBe(200);
      const { detail } = await refused(send(501), 413, 'request.too_large');
      expect(detail).toBe('The body is larger than 500 bytes.');
    }
  });
}

export function urlBytes(): Promise<void> {
  return driven({ URL_BYTES: 300, HEADER_BYTES: 2_000 }, async ({ ask, port }) => {
    const address = (bytes: number) => '/v1/customers?customerName='.padEnd(bytes, 'a');
    expect((await ask(address(300))).status).toBe(200);
    const { detail } = await refused(ask(address(301)), 414, 'request.uri_too_long');
    expect(detail).toBe('The address is longer than 300 bytes.');
    const beyondTheHead = await rawAnswer(port, `GET ${address(9_000)} HTTP/1.1\r\nHost: a\r\n\r\n`);
    expect(problemInRaw(beyondTheHead)).toMatchObject({ status: 414, code: 'request.uri_too_long' });
  });
}

export function headerBytes(): Promise<void> {
  return driven({ URL_BYTES: 300, HEADER_BYTES: 2_000 }, async ({ ask, port }) => {
    expect((await ask('/v1/customers', { headers: { 'x-note': 'a'.repeat(1_000) } })).status).toBe(200);
    const head = `GET /v1/customers HTTP/1.1\r\nHost: a\r\nX-Note: ${'a'.repeat(2_000)}\r\n\r\n`;
    expect(problemInRaw(await rawAnswer(port, head))).toMatchObject({
      status: 431,
      code: 'request.headers_too_large',
      detail: 'The head of the request is larger than 2000 bytes.',
    });
  });
}
