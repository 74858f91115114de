import fastify, { type FastifyBaseLogger, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Settings } from '../config/settings.ts';
import { AppError } from '../lib/app-error.ts';
import type { App, Lifecycle, RequestObserver } from './app-type.ts';
import { failWith, quietLog } from './error-handler.ts';
import { stopStreamsOfHead } from './head-streams.ts';
import { takeJsonBodies } from './json-body.ts';
import { closeWhileDraining } from './lifecycle.ts';
import { refuseUnknownRoutes } from './method-not-allowed.ts';
import { answerOddRequests, parserFaultHandler, type RefusalLog } from './parser-faults.ts';
import { Problem } from './problems.ts';
import { requestIdOf } from './request-id.ts';
import { logRequests, requestWatcher, type RequestWatcher } from './request-log.ts';
import { setSecurityHeaders } from './security-headers.ts';
import { closeQueries, validatorCompiler, warmUp } from './validators.ts';

export type { App, Facts, RequestEnd, RequestObserver } from './app-type.ts';

export type ServerOptions = {
  readonly settings: Settings;
  readonly logger: FastifyBaseLogger;
  readonly version: string;
};

/**
 * The server without routes: ids, limits, validation, problems, security headers and one log line per request.
 *
 *     socket -> Node's parser -> router -> begin (id, headers, log) -> refuse (host, length, 404, 405)
 *                    |                       -> body -> validation -> handler -> reply
 *               parser-faults.ts                      any throw -> problem
 */
export function createServer({ settings, logger, version }: ServerOptions): App {
  const faults = new WeakMap<object, number>();
  const observers: RequestObserver[] = [logRequests(logger)];
  const lifecycle: Lifecycle = { phase: 'starting', running: 0 };
  const begin = beginWith(requestWatcher(observers, lifecycle, (socket) => faults.get(socket)));
  const fail = failWith(settings);
  const logRefusal: RefusalLog = ({ requestId, status, code }) => logger.info({ requestId, status, code }, 'request');
  const app: App = fastify({
    ...limits(settings),
    loggerInstance: logger,
    logController: quietLog(settings),
    genReqId: requestIdOf,
    clientErrorHandler: parserFaultHandler(settings, faults, logRefusal),
    frameworkErrors: (error, request, reply) => {
      begin(request as FastifyRequest, reply as FastifyReply);
      fail(error, request as FastifyRequest, reply as FastifyReply);
    },
  });
  app.setErrorHandler(fail);
  app.addHook('onRequest', (request, reply, done) => {
    begin(request, reply);
    done(refusal(request, settings));
  });
  decorate(app, version, lifecycle, observers);
  answerOddRequests(app.server, settings, logRefusal);
  for (const install of INSTALLED) install(app);
  return app;
}

const INSTALLED = [refuseUnknownRoutes, takeJsonBodies, closeQueries, closeWhileDraining, stopStreamsOfHead] as const;

function decorate(app: App, version: string, lifecycle: Lifecycle, observers: RequestObserver[]): void {
  app.decorate('lifecycle', lifecycle);
  app.decorate('serviceVersion', version);
  app.decorate('onRequestEnd', (observer: RequestObserver) => void observers.push(observer));
  app.decorateRequest('facts');
  app.addSchema(Problem);
  const { compiler, warm } = validatorCompiler();
  app.setValidatorCompiler(compiler);
  warmUp(app, warm);
}

function limits(settings: Settings) {
  const requestMs = settings.REQUEST_SECONDS * 1000;
  return {
    bodyLimit: settings.BODY_BYTES,
    requestTimeout: requestMs,
    http: {
      maxHeaderSize: settings.HEADER_BYTES,
      // Not above requestTimeout: Node then swaps the two, and a body that stalls is noticed after a minute.
      headersTimeout: requestMs,
      connectionsCheckingInterval: 1_000,
      // Node refuses a missing Host with an empty body; `refusal` does it with a problem.
      requireHostHeader: false,
    },
    // Never the limit that is met: the address is bounded as a whole.
    routerOptions: { maxParamLength: settings.HEADER_BYTES },
    // While draining, requests on open connections are served; Fastify's own 503 is no problem document.
    return503OnClosing: false,
    // The text would be thrown away; with many errors it is long.
    schemaErrorFormatter: () => new Error('validation'),
  };
}

function beginWith(watch: RequestWatcher) {
  return (request: FastifyRequest, reply: FastifyReply): void => {
    watch(request, reply);
    reply.header('x-request-id', request.id);
    setSecurityHeaders(reply);
  };
}

/** Methods that a page of another site may use: it cannot read the answer. Others it could send as a form without asking first. */
const READING: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

function refusal({ raw }: FastifyRequest, settings: Settings): AppError | undefined {
  if ((raw.url ?? '').length > settings.URL_BYTES) {
    return new AppError('request.uri_too_long', `The address is longer than ${settings.URL_BYTES} bytes.`);
  }
  if (raw.headers.host === undefined && raw.httpVersion === '1.1') {
    return new AppError('request.malformed', 'HTTP/1.1 requires the Host header.');
  }
  if (raw.headers['sec-fetch-site'] === 'cross-site' && !READING.has(raw.method ?? '')) {
    return new AppError('request.cross_site', 'A page of another site sent this request.');
  }
  return undefined;
}
