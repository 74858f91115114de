import { Ajv } from 'ajv';
import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { expect, onTestFinished } from 'vitest';
import { settingsWith, type Settings } from '../src/config/settings.ts';
import { Problem } from '../src/http/problems.ts';
import { createServer, type App } from '../src/http/server.ts';

export type LogLine = Readonly<Record<string, unknown>>;
export type TestServer = {
  readonly app: App;
  readonly port: number;
  readonly url: string;
  readonly lines: readonly LogLine[];
  /** The first line that fits, when it comes. */
  line(fits: (line: LogLine) => boolean): Promise<LogLine>;
};

type Build = (app: App) => void | Promise<void>;

/** A server that really listens, on a free port; it is closed when the test has ended. */
export async function listeningServer(build: Build = () => {}, settings: Partial<Settings> = {}): Promise<TestServer> {
  const { stream, lines, line } = logStream();
  const app = createServer({ settings: settingsWith(settings), logger: pino({}, stream), version: '1.2.3' });
  await build(app);
  await app.listen({ port: 0, host: '127.0.0.1' });
  onTestFinished(async () => {
    app.server.closeAllConnections();
    await app.close();
  });
  const { port } = app.server.address() as AddressInfo;
  return { app, port, url: `http://127.0.0.1:${port}`, lines, line };
}

function logStream() {
  const lines: LogLine[] = [];
  let wake = Promise.withResolvers<void>();
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(JSON.parse(chunk.toString()) as LogLine);
      wake.resolve();
      wake = Promise.withResolvers();
      done();
    },
  });
  const line = async (fits: (line: LogLine) => boolean): Promise<LogLine> => {
    for (;;) {
      const found = lines.find(fits);
      if (found !== undefined) return found;
      await wake.promise;
    }
  };
  return { stream, lines, line };
}

/** A socket with `text` written to it. */
export async function openSocket(port: number, text = ''): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  socket.write(text);
  return socket;
}

/** Everything that the server sends for `text` until it closes the connection. */
export async function rawAnswer(port: number, text: string): Promise<string> {
  const socket = await openSocket(port, text);
  return received(socket);
}

/** Everything that arrives on a socket until it is closed. */
export async function received(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(socket, 'close');
  return Buffer.concat(chunks).toString();
}

const isProblem = new Ajv({ allErrors: true }).compile(Problem);

/** Checks a problem document against its schema, and returns it. */
export function asProblem(document: unknown): Problem {
  expect(isProblem(document), JSON.stringify([document, isProblem.errors])).toBe(true);
  return document as Problem;
}

/** Checks status, media type and request id of a response, and returns its problem. */
export async function problemIn(response: Response): Promise<Problem> {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const problem = asProblem(await response.json());
  expect([problem.status, problem.requestId]).toEqual([response.status, response.headers.get('x-request-id')]);
  return problem;
}

/** The same for what came over a raw socket. */
export function problemInRaw(answer: string): Problem {
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  expect(head.toLowerCase()).toContain('content-type: application/problem+json');
  expect(head.toLowerCase()).toContain('connection: close');
  const problem = asProblem(JSON.parse(body));
  expect(head).toContain(`x-request-id: ${problem.requestId}`);
  expect(head).toMatch(new RegExp(`^HTTP/1.1 ${problem.status} `));
  return problem;
}
