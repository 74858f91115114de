import { AppError } from '../lib/app-error.ts';
import { shorten } from '../lib/shorten.ts';
import type { App } from './app-type.ts';

/**
 * Bodies are JSON in UTF-8 and nothing else. Fastify's own parser replaces broken bytes, which would look up another
 * id than was sent, and does not say where malformed JSON breaks. Members named `__proto__`, and `constructor` with a
 * `prototype`, are refused.
 */
export function takeJsonBodies(app: App): void {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const text = decoded(decoder, body as Buffer);
    if (text === undefined) return done(malformed('The body is not UTF-8.'), undefined);
    if (text.trim() === '') return done(malformed('The body is empty; JSON is expected.'), undefined);
    return parse(request, text, (error, value) =>
      error ? done(malformed(whatIsWrong(text)), undefined) : done(null, value),
    );
  });
}

function decoded(decoder: InstanceType<typeof TextDecoder>, body: Buffer): string | undefined {
  try {
    return decoder.decode(body);
  } catch {
    return undefined;
  }
}

function whatIsWrong(text: string): string {
  try {
    JSON.parse(text);
  } catch (error) {
    return `The body is not JSON: ${shorten((error as Error).message)}.`;
  }
  return 'The body has a member named "__proto__" or "constructor", which is not allowed.';
}

function malformed(detail: string): AppError {
  return new AppError('request.malformed', detail);
}
