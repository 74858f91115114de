import { STATUS_CODES, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Settings } from '../config/settings.ts';
import { AppError } from '../lib/app-error.ts';
import { shorten } from '../lib/shorten.ts';
import { hasLongBody } from './long-body.ts';
import { PROBLEM_TYPE, problemOf, type Problem } from './problems.ts';
import { requestIdOf } from './request-id.ts';

/** What Node's parser reports: `code` names the fault, `reason` says it, `rawPacket` is the piece that it read. */
export type ParserFault = Error & { code?: string; reason?: string; rawPacket?: unknown };

/** Told of each request that was refused before the router saw it. */
export type RefusalLog = (problem: Problem) => void;

/** The reply that Node has begun on a socket; undocumented, but Node's own handler decides by it as well. */
type WithReply = Duplex & { _httpMessage?: ServerResponse | null };

/**
 * Answers what Node's HTTP parser refuses with a problem on the raw socket, and closes it. A socket whose reply has begun
 * is only closed: the problem would land in the middle of it. `faults` remembers the status for the request's log line.
 */
export function parserFaultHandler(settings: Settings, faults: WeakMap<object, number>, log: RefusalLog) {
  return (fault: ParserFault, socket: Duplex): void => {
    // Node says it once a request; long-body.ts goes on watching.
    if (fault.code === 'ERR_HTTP_REQUEST_TIMEOUT' && hasLongBody(socket)) return;
    const reply = (socket as WithReply)._httpMessage ?? undefined;
    if (fault.code === 'ECONNRESET' || !socket.writable || reply?.headersSent === true) return void socket.destroy();
    const problem = problemOf(faultError(fault, settings), requestIdOf(reply?.req ?? { headers: {} }));
    if (reply === undefined) log(problem);
    else faults.set(socket, problem.status);
    socket.end(rawAnswer(problem), () => socket.destroy());
  };
}

/**
 * What Node answers with an empty body or not at all: an `Expect` that is not 100-continue, and CONNECT. A body that is
 * announced as too large is not asked for.
 */
export function answerOddRequests(server: Server, settings: Settings, log: RefusalLog): void {
  server.on('checkContinue', (message: IncomingMessage, response: ServerResponse) => {
    if (!(Number(message.headers['content-length']) > settings.BODY_BYTES)) response.writeContinue();
    server.emit('request', message, response);
  });
  server.on('checkExpectation', (message: IncomingMessage, response: ServerResponse) => {
    const detail = `Expect: ${shorten(String(message.headers.expect))} is not supported.`;
    const problem = problemOf(new AppError('request.expectation_failed', detail), requestIdOf(message));
    log(problem);
    const text = JSON.stringify(problem);
    response.writeHead(problem.status, headersOf(problem, text)).end(text);
  });
  server.on('connect', (message: IncomingMessage, socket: Duplex) => {
    const error = new AppError('route.method_not_allowed', 'CONNECT is not supported: this is no proxy.');
    const problem = problemOf(error, requestIdOf(message));
    log(problem);
    socket.end(rawAnswer(problem), () => socket.destroy());
  });
}

function faultError(fault: ParserFault, settings: Settings): AppError {
  if (fault.code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return new AppError('request.timeout', `The request did not arrive within ${settings.REQUEST_SECONDS} s.`);
  }
  if (fault.code === 'HPE_HEADER_OVERFLOW') return overflow(fault, settings);
  if (fault.code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') {
    return new AppError('request.too_large', 'The chunk extensions of the body are too large.');
  }
  return new AppError('request.malformed', `This is not HTTP/1.1: ${shorten(fault.reason ?? fault.message)}.`);
}

/** The parser counts the address as part of the head; the first line tells which of the two was too long. */
function overflow(fault: ParserFault, settings: Settings): AppError {
  const packet = fault.rawPacket instanceof Uint8Array ? Buffer.from(fault.rawPacket) : Buffer.alloc(0);
  const firstLine = packet.toString('latin1', 0, settings.URL_BYTES + 20).split('\r\n', 1)[0]!;
  return /^[A-Z]+ /.test(firstLine) && firstLine.length > settings.URL_BYTES
    ? new AppError('request.uri_too_long', `The address is longer than ${settings.URL_BYTES} bytes.`)
    : new AppError(
        'request.headers_too_large',
        `The head of the request is larger than ${settings.HEADER_BYTES} bytes.`,
      );
}

function headersOf(problem: Problem, text: string): Record<string, string> {
  return {
    'content-type': PROBLEM_TYPE,
    'content-length': String(Buffer.byteLength(text)),
    'x-request-id': problem.requestId,
    'x-content-type-options': 'nosniff',
    connection: 'close',
  };
}

function rawAnswer(problem: Problem): string {
  const text = JSON.stringify(problem);
  const headers = Object.entries(headersOf(problem, text)).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}\r\n${headers.join('')}\r\n${text}`;
}
