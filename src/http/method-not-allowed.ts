import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../lib/app-error.ts';
import { shorten } from '../lib/shorten.ts';
import type { App } from './app-type.ts';

/**
 * Requests that no route takes, before their body is read: 404, or 405 with `Allow` where the address is known with
 * another method, or 204 with `Allow` for OPTIONS. Fastify itself knows 404 only, and reads the body first.
 */
export function refuseUnknownRoutes(app: App): void {
  app.addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, done) => {
    if (!request.is404) return done();
    const allowed = allowedMethods(app, request.raw.url ?? '/');
    if (allowed.length === 0) return done(nothingHere(request));
    const allow = [...allowed, 'OPTIONS'].join(', ');
    if (request.method === 'OPTIONS') return reply.code(204).header('allow', allow).send();
    return done(
      new AppError(
        'route.method_not_allowed',
        `${request.method} is not among the methods of this address: ${allow}.`,
        {
          headers: { allow },
        },
      ),
    );
  });
}

function allowedMethods(app: App, url: string): string[] {
  return app.supportedMethods.filter((method) => app.findRoute({ method, url }) !== null);
}

function nothingHere(request: FastifyRequest): AppError {
  const path = (request.raw.url ?? '/').split('?', 1)[0]!;
  return new AppError('route.not_found', `There is nothing at ${shorten(path)}.`);
}
