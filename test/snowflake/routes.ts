import { success } from './answers.ts';
import type { Route } from './http.ts';
import { issueToken } from './oauth.ts';
import { abort, monitor, query, result } from './query-routes.ts';
import type { Answer, Parts } from './route-parts.ts';
import { alive, end, login, renew } from './session-routes.ts';

const chunk: Answer = ({ part, headers }, { chunks }) => {
  const { status, body } = chunks.fetch(
    part,
    headers['x-amz-server-side-encryption-customer-key'] as string | undefined,
  );
  const type = status === 200 ? { 'content-encoding': 'gzip' } : { 'content-type': 'application/xml' };
  return { status, body, headers: type };
};

const upload: Answer = ({ part, body }, { stages }) => {
  stages.receive(decodeURIComponent(part), body);
  return { body: {} };
};

const token: Answer = ({ body }, { settled, tokens }) =>
  issueToken(new URLSearchParams(body.toString()), settled, tokens);

type Row = readonly [method: string, path: RegExp, kind: Route['kind'], answer: Answer];
const ROUTES: readonly Row[] = [
  ['POST', /^\/session\/v1\/login-request$/, 'login', login],
  ['POST', /^\/session\/token-request$/, 'renew', renew],
  ['POST', /^\/session\/heartbeat$/, 'heartbeat', alive],
  ['POST', /^\/session$/, 'delete', end],
  ['POST', /^\/queries\/v1\/query-request$/, 'query', query],
  ['POST', /^\/queries\/v1\/abort-request$/, 'abort', abort],
  ['POST', /^\/queries\/([^/]+)\/abort-request$/, 'abort', abort],
  ['GET', /^\/queries\/([^/]+)\/result$/, 'result', result],
  ['GET', /^\/monitoring\/queries\/([^/]+)$/, 'monitor', monitor],
  ['GET', /^\/chunks\/([^/]+)$/, 'chunk', chunk],
  ['PUT', /^\/stage\/(.+)$/, 'upload', upload],
  ['POST', /^\/oauth\/token$/, 'token', token],
  ['POST', /^\/telemetry\/send$/, 'telemetry', () => ({ body: success(null) })],
];

/** Snowflake's REST endpoints, as far as the driver uses them. */
export function routesOf(parts: Parts): Route[] {
  return ROUTES.map(([method, path, kind, answer]) => ({
    method,
    path,
    kind,
    answer: (incoming) => answer(incoming, parts),
  }));
}
