import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { Type } from 'typebox';
import type { LaneState } from '../data/warehouse/port.ts';
import type { App, RequestEnd, RequestObserver } from './app-type.ts';
import { problemResponses } from './problems.ts';

export type MetricsOptions = {
  readonly laneStates: () => Readonly<Record<string, LaneState>>;
  readonly derivationStats: () => DerivationStats;
};
type DerivationStats = { readonly refreshed: number; readonly failed: number };

/** Half a millisecond (an empty route) to a minute. */
const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** The service's figures; made once, they go on counting when another catalog is served. */
export type Metrics = { readonly registry: Registry; readonly observe: RequestObserver };

export function serviceMetrics({ laneStates, derivationStats }: MetricsOptions): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  laneMetrics(registry, laneStates);
  derivationMetrics(registry, derivationStats);
  return { registry, observe: requestMetrics(registry) };
}

/**
 * `/metrics` in the text format of Prometheus: the process, requests, statements, cache and the warehouse's lanes. Labels
 * are route patterns, methods, statuses and lanes; never an address, an id or a tenant, whose number has no bound.
 */
export function mountMetrics(app: App, { registry, observe }: Metrics): void {
  app.onRequestEnd(observe);
  app.get('/metrics', { schema: SCHEMA }, async (_request, reply) => {
    const text = await registry.metrics();
    return reply.type(registry.contentType).header('cache-control', 'no-store').send(text);
  });
}

const SCHEMA = {
  operationId: 'getMetrics',
  summary: 'Figures for Prometheus',
  tags: ['service'],
  response: {
    200: {
      description: 'One figure a line.',
      content: {
        'text/plain': {
          schema: Type.String({ examples: ['http_requests_total{method="GET",route="/livez",status="200"} 1'] }),
        },
      },
    },
    ...problemResponses(),
  },
};

function requestMetrics(registry: Registry): (end: RequestEnd) => void {
  const registers = [registry];
  const requests = new Counter({
    name: 'http_requests_total',
    help: 'Requests that ended; route is the pattern, status 499 means that the client left.',
    labelNames: ['method', 'route', 'status'],
    registers,
  });
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the head of the request to the end of its answer.',
    labelNames: ['route'],
    buckets: SECONDS,
    registers,
  });
  const answers = new Counter({
    name: 'answer_cache_total',
    help: 'Answers by where they came from: hit, miss, or shared with a request that ran already.',
    labelNames: ['result'],
    registers,
  });
  const statements = new Histogram({
    name: 'statement_duration_seconds',
    help: 'Time that the statements of one answer ran, waiting excluded.',
    buckets: SECONDS,
    registers,
  });
  return ({ method, route = 'none', status, ms, facts }) => {
    requests.inc({ method: METHODS.has(method) ? method : 'other', route, status });
    duration.observe({ route }, ms / 1000);
    if (facts.cache !== undefined) answers.inc({ result: facts.cache });
    if (facts.statementMs !== undefined && facts.cache !== 'hit') statements.observe(facts.statementMs / 1000);
  };
}

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

const LANE_METRICS = [
  ['warehouse_connections', 'Connections of the lane.', 'connections'],
  ['warehouse_connections_busy', 'Connections that run a statement.', 'busy'],
  ['warehouse_statements_waiting', 'Statements that wait for a connection.', 'waiting'],
] as const satisfies [string, string, keyof LaneState][];

function laneMetrics(registry: Registry, laneStates: MetricsOptions['laneStates']): void {
  const common = { labelNames: ['lane'], registers: [registry] };
  for (const [name, help, key] of LANE_METRICS) {
    const gauge = new Gauge({
      name,
      help,
      ...common,
      collect: () => Object.entries(laneStates()).forEach(([lane, state]) => gauge.set({ lane }, state[key])),
    });
  }
  const refused = new Counter({
    name: 'warehouse_statements_refused_total',
    help: 'Statements refused because the queue was full.',
    ...common,
    collect: () => {
      refused.reset();
      Object.entries(laneStates()).forEach(([lane, state]) => refused.inc({ lane }, state.refused));
    },
  });
}

const DERIVATION_METRICS = [
  ['derivation_builds_total', 'Builds of derivations in the background, since the catalog was loaded.', 'refreshed'],
  ['derivation_build_failures_total', 'Builds of them that failed; SQL answers meanwhile.', 'failed'],
] as const satisfies [string, string, keyof DerivationStats][];

function derivationMetrics(registry: Registry, stats: MetricsOptions['derivationStats']): void {
  for (const [name, help, key] of DERIVATION_METRICS) {
    const counter = new Counter({
      name,
      help,
      registers: [registry],
      collect() {
        counter.reset();
        counter.inc(stats()[key]);
      },
    });
  }
}
