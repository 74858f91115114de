import { Type } from 'typebox';
import type { FastifyReply } from 'fastify';
import { AppError } from '../lib/app-error.ts';
import { processStartedAt } from '../lib/process-started.ts';
import type { App } from './app-type.ts';
import { boundedCheck, Dependency, type Probe } from './probes.ts';
import { problemResponses } from './problems.ts';

export type { Probe } from './probes.ts';

const EXAMPLE = {
  status: 'ok',
  version: '1.0.0',
  phase: 'ready',
  startedAt: '2026-01-31T12:00:00.000Z',
  uptimeSeconds: 12.3,
  dependencies: [{ name: 'warehouse', status: 'ok', isRequired: true, latencyMs: 0.4 }],
};

const Health = Type.Object(
  {
    status: Type.String({
      description: 'degraded: something that is not required does not answer; down: something required does not.',
      enum: ['ok', 'degraded', 'down'],
      maxLength: 10,
    }),
    version: Type.String({ description: 'Version of the service.', maxLength: 50 }),
    phase: Type.String({
      description: 'Where the service stands.',
      enum: ['starting', 'ready', 'draining'],
      maxLength: 10,
    }),
    startedAt: Type.String({ description: 'When the process started.', format: 'date-time', maxLength: 30 }),
    uptimeSeconds: Type.Number({ description: 'How long the process runs.', minimum: 0, 'x-unit': 'seconds' }),
    dependencies: Type.Array(Dependency, { description: 'What the service depends on.', maxItems: 100 }),
  },
  { additionalProperties: false, examples: [EXAMPLE] },
);

/** `probeMs` bounds each check, so that a dependency that hangs is reported and not waited for. */
export type HealthOptions = { readonly probes: readonly Probe[]; readonly probeMs?: number };

/**
 * `/health` says how everything is (200, or 503 when down); `/readyz` whether requests should be sent here (503 while
 * starting, draining, or without a required dependency); `/livez` only that the process answers.
 */
export function mountHealth(app: App, { probes, probeMs = 2_000 }: HealthOptions): void {
  const startedAt = processStartedAt();
  const check = probes.map((probe) => boundedCheck(probe, probeMs));
  const checkAll = (): Promise<Dependency[]> => Promise.all(check.map((one) => one()));

  app.get('/health', { schema: HEALTH_SCHEMA }, async (_request, reply) => {
    const dependencies = await checkAll();
    const missing = dependencies.filter(({ status }) => status === 'down');
    const status = missing.some(({ isRequired }) => isRequired) ? 'down' : missing.length > 0 ? 'degraded' : 'ok';
    const uptimeSeconds = Math.round(process.uptime() * 10) / 10;
    uncached(reply).code(status === 'down' ? 503 : 200);
    return { status, version: app.serviceVersion, phase: app.lifecycle.phase, startedAt, uptimeSeconds, dependencies };
  });
  app.get('/readyz', { schema: READY_SCHEMA }, async (_request, reply) => {
    uncached(reply);
    refuseUnlessReady(app);
    const missing = (await checkAll()).filter(({ status, isRequired }) => isRequired && status === 'down');
    if (missing.length === 0) return 'ready';
    throw new AppError('warehouse.unavailable', `No answer from: ${missing.map(({ name }) => name).join(', ')}.`);
  });
  app.get('/livez', { schema: LIVE_SCHEMA }, (_request, reply) => {
    uncached(reply);
    return 'alive';
  });
}

const operation = (operationId: string, summary: string) => ({ operationId, summary, tags: ['service'] });
const Word = (word: string, description: string) => ({
  description,
  content: { 'text/plain': { schema: Type.String({ maxLength: 10, examples: [word] }) } },
});
const HEALTH_SCHEMA = {
  ...operation('getHealth', 'State of the service and of what it depends on'),
  response: {
    200: { description: 'ok or degraded', content: { 'application/json': { schema: Health } } },
    503: { description: 'down', content: { 'application/json': { schema: Health } } },
    500: problemResponses()[500],
  },
};
const READY_SCHEMA = {
  ...operation('getReadiness', 'Whether requests should be sent to this instance'),
  response: {
    200: Word('ready', 'Yes.'),
    ...problemResponses('service.starting', 'service.draining', 'warehouse.unavailable'),
  },
};
const LIVE_SCHEMA = {
  ...operation('getLiveness', 'Whether the process answers at all'),
  response: { 200: Word('alive', 'It does.'), ...problemResponses() },
};

function uncached(reply: FastifyReply): FastifyReply {
  return reply.header('cache-control', 'no-store');
}

function refuseUnlessReady(app: App): void {
  const { phase } = app.lifecycle;
  if (phase === 'starting')
    throw new AppError('service.starting', 'The service is starting.', { headers: { 'retry-after': '1' } });
  if (phase === 'draining') throw new AppError('service.draining', 'The service is shutting down.');
}
