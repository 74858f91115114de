import { connect, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openWorld, type World } from '../../test/world.ts';

const HEAD =
  'POST /v1/customers/bulk HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-type: application/x-ndjson\r\n' +
  'transfer-encoding: chunked\r\n\r\n';
const END = '0\r\n\r\n';
const piece = (bytes: string) => `${Buffer.byteLength(bytes).toString(16)}\r\n${bytes}\r\n`;
const line = (id: string, name = '') => piece(`${JSON.stringify({ customerId: id, customerName: name })}\n`);

let world: World;
let port: number;
beforeEach(async () => {
  world = await openWorld({ settings: { REQUEST_SECONDS: 1 } });
  await world.app.listen({ port: 0, host: '127.0.0.1' });
  ({ port } = world.app.server.address() as AddressInfo);
});
afterEach(() => world.close());

function begin(): { socket: Socket; answer: Promise<string> } {
  const socket = connect(port, '127.0.0.1').on('error', () => {});
  socket.write(HEAD);
  return { socket, answer: text(socket) };
}

/** Sends again and again, as a slow producer does, until the time is over or nobody listens any more. */
async function trickle(socket: Socket, bytes: (n: number) => string, everyMs: number, ms: number): Promise<void> {
  for (let n = 0; n * everyMs < ms && !socket.closed; n++) {
    socket.write(bytes(n));
    await pause(everyMs);
  }
}

test('a body that keeps coming may take longer than REQUEST_SECONDS', async () => {
  const { socket, answer } = begin();
  await trickle(socket, (n) => line(`T${n}`, 'x'.repeat(100)), 200, 4_000);
  socket.write(END);
  const said = await answer;
  expect(said).toContain('HTTP/1.1 200');
  expect(said).toContain('"summary":{"lines":20,"created":20');
});

test('a client that stops sending, or sends next to nothing, is ended with 408', async () => {
  const silent = begin();
  silent.socket.write(line('S1'));
  const drops = begin();
  await trickle(drops.socket, () => piece(' '), 100, 8_000);
  for (const { answer } of [silent, drops]) {
    const said = await answer;
    expect(said).toContain('HTTP/1.1 408');
    expect(said).toContain('request.timeout');
  }
});

test('who waits for our answer is not counted as idle', async () => {
  const held = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const holding = world.warehouse.write(world.owner, async () => {
    held.resolve();
    await release.promise;
  });
  await held.promise;
  const { socket, answer } = begin();
  for (let n = 0; n < 1_000; n++) socket.write(line(`W${n}`));
  await pause(4_000);
  release.resolve();
  await holding;
  socket.write(END);
  expect(await answer).toContain('"summary":{"lines":1000,"created":1000');
});
