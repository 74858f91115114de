import type { FastifyRequest } from 'fastify';
import { AppError } from '../lib/app-error.ts';
import { shorten } from '../lib/shorten.ts';
import type { App } from './app-type.ts';

/**
 * Bodies are JSON in UTF-8 and nothing else. Fastify's own parser replaces broken bytes, which would look up another
 * id than was sent, and does not say where malformed JSON breaks. Members named `__proto__`, and `constructor` with a
 * `prototype`, are refused.
 */
export function takeJsonBodies(app: App): void {
  app.removeAllContentTypeParsers();
  const read = jsonReader(app, 'The body');
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) =>
    read(request, body as Buffer, done),
  );
}

type Done = (error: Error | null, value?: unknown) => void;

/** Reads JSON by the rules of bodies; hands request.malformed to `done` when it cannot. `what` is what the bytes are, for the detail. */
export function jsonReader(app: App, what: string): (request: FastifyRequest, bytes: Buffer, done: Done) => void {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const parse = app.getDefaultJsonParser('error', 'error');
  return (request, bytes, done) => {
    const text = decoded(decoder, bytes);
    if (text === undefined) return done(malformed(`${what} is not UTF-8.`));
    if (text.trim() === '') return done(malformed(`${what} is empty; JSON is expected.`));
    return void parse(request, text, (error, value) =>
      error ? done(malformed(whatIsWrong(text, what))) : done(null, value),
    );
  };
}

function decoded(decoder: InstanceType<typeof TextDecoder>, body: Buffer): string | undefined {
  try {
    return decoder.decode(body);
  } catch {
    return undefined;
  }
}

function whatIsWrong(text: string, what: string): string {
  try {
    JSON.parse(text);
  } catch (error) {
    return `${what} is not JSON: ${shorten((error as Error).message)}.`;
  }
  return `${what} has a member named "__proto__" or "constructor", which is not allowed.`;
}

function malformed(detail: string): AppError {
  return new AppError('request.malformed', detail);
}
