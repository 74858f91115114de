import { failureBody, runningBody, success } from './answers.ts';
import type { Chunks } from './chunks.ts';
import { cancelled, SnowflakeError } from './errors.ts';
import type { Incoming, Reply, Route } from './http.ts';
import { authenticate, type LoginData, roleOf } from './login.ts';
import { parametersOf } from './parameters.ts';
import { issueToken, type OauthTokens } from './oauth.ts';
import type { Settled } from './options.ts';
import { nameSession, type Session, type Sessions } from './sessions.ts';
import type { QueryBody, Statements } from './statements.ts';
import type { Stages } from './stage.ts';

export type Parts = {
  readonly settled: Settled;
  readonly sessions: Sessions;
  readonly statements: Statements;
  readonly chunks: Chunks;
  readonly stages: Stages;
  readonly tokens: OauthTokens;
};
type Answer = (incoming: Incoming, parts: Parts) => Promise<Reply> | Reply;

const login: Answer = async ({ json, url, logged }, { settled, sessions, tokens }) => {
  const data = (json['data'] ?? {}) as LoginData;
  const { AUTHENTICATOR: authenticator, PROVIDER: provider, LOGIN_NAME: user, CLIENT_APP_ID: client } = data;
  logged.login = {
    authenticator,
    provider,
    user,
    client,
    oauthType: data.CLIENT_ENVIRONMENT?.['OAUTH_TYPE'],
    hasPassword: 'PASSWORD' in data,
    hasToken: 'TOKEN' in data,
  };
  const proved = authenticate(data, settled, tokens);
  const asked = (name: string) => url.searchParams.get(name) ?? undefined;
  const names = {
    role: roleOf(proved, asked('roleName')),
    warehouse: asked('warehouse')?.toUpperCase(),
    database: asked('databaseName')?.toUpperCase() ?? '',
    schema: asked('schemaName')?.toUpperCase() ?? 'PUBLIC',
  };
  const own = Object.entries(data.SESSION_PARAMETERS ?? {}).map(([name, value]): [string, string] => [
    name,
    String(value),
  ]);
  const session = await sessions.open(proved, names, own);
  await nameSession(session, settled);
  logged.sessionId = session.id;
  return {
    body: success({
      ...tokensOf(session, settled),
      displayUserName: proved.name,
      serverVersion: '9.99.0',
      parameters: parametersOf(session, settled),
      sessionInfo: names,
    }),
  };
};

const tokensOf = ({ id, token, master }: Session, { sessionSeconds, masterSeconds }: Settled) => ({
  sessionId: id,
  token,
  validityInSeconds: sessionSeconds,
  masterToken: master,
  masterValidityInSeconds: masterSeconds,
});

/** The session of a request; a fault may let it run out or vanish first. */
async function sessionOf({ headers, fault, logged }: Incoming, { sessions }: Parts): Promise<Session> {
  const authorization = headers['authorization'] as string | undefined;
  const session = sessions.find(authorization);
  logged.sessionId = session.id;
  if (fault?.kind === 'expired') session.expiresAt = 0;
  if (fault?.kind === 'gone') await sessions.end(session);
  return fault === undefined ? session : sessions.find(authorization);
}

const query: Answer = async (incoming, parts) => {
  const session = await sessionOf(incoming, parts);
  const { json, logged, fault } = incoming;
  const body = json as unknown as QueryBody;
  logged.tag = (body.parameters?.['QUERY_TAG'] as string | undefined) ?? session.parameters.get('QUERY_TAG');
  const cell = fault?.kind === 'cell' ? fault.text : undefined;
  const run = parts.statements.start(session, logged.requestId ?? '', body, cell);
  logged.queryId = run.queryId;
  if (body.asyncExec === true) return { body: runningBody(run, true) };
  return { body: await parts.statements.reply(run, session) };
};

const result: Answer = async (incoming, parts) => {
  const session = await sessionOf(incoming, parts);
  const run = runOf(incoming.part, parts);
  incoming.logged.queryId = run.queryId;
  return { body: await parts.statements.reply(run, session) };
};

function runOf(queryId: string, { statements }: Parts) {
  const run = statements.runs.byId(queryId);
  if (run === undefined) throw new SnowflakeError('000709', '02000', `Statement ${queryId} not found`);
  return run;
}

const monitor: Answer = async (incoming, parts) => {
  await sessionOf(incoming, parts);
  const run = parts.statements.runs.byId(incoming.part);
  const errors = run?.error === undefined ? {} : { errorCode: run.error.code, errorMessage: run.error.message };
  const queries = run === undefined ? [] : [{ id: run.queryId, status: run.status, sqlText: run.sql, ...errors }];
  return { body: success({ queries }) };
};

const abort: Answer = async (incoming, parts) => {
  await sessionOf(incoming, parts);
  const { runs } = parts.statements;
  const run = incoming.part === '' ? runs.byRequest(String(incoming.json['requestId'])) : runs.byId(incoming.part);
  if (run === undefined)
    return {
      body: failureBody(new SnowflakeError('000605', '02000', 'Identified SQL statement is not currently executing.')),
    };
  run.stop.abort(cancelled());
  return { body: success(null) };
};

const renew: Answer = ({ headers, logged }, { sessions, settled }) => {
  const session = sessions.renew(headers['authorization'] as string | undefined);
  logged.sessionId = session.id;
  const { sessionSeconds: validityInSecondsST, masterSeconds: validityInSecondsMT } = settled;
  return {
    body: success({
      sessionToken: session.token,
      masterToken: session.master,
      sessionId: session.id,
      validityInSecondsST,
      validityInSecondsMT,
    }),
  };
};

const end: Answer = async (incoming, parts) => {
  await parts.sessions.end(await sessionOf(incoming, parts));
  return { body: success(null) };
};

const alive: Answer = async (incoming, parts) => {
  await sessionOf(incoming, parts);
  return { body: success(null) };
};

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
