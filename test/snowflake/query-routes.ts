import { failureBody, runningBody, success } from './answers.ts';
import { cancelled, SnowflakeError } from './errors.ts';
import { type Answer, type Parts, sessionOf } from './route-parts.ts';
import type { QueryBody } from './statements.ts';

export const query: Answer = async (incoming, parts) => {
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

export const result: Answer = async (incoming, parts) => {
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

export const monitor: Answer = async (incoming, parts) => {
  await sessionOf(incoming, parts);
  const run = parts.statements.runs.byId(incoming.part);
  const errors = run?.error === undefined ? {} : { errorCode: run.error.code, errorMessage: run.error.message };
  const queries = run === undefined ? [] : [{ id: run.queryId, status: run.status, sqlText: run.sql, ...errors }];
  return { body: success({ queries }) };
};

export const abort: Answer = async (incoming, parts) => {
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
