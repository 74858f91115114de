import type { Chunks } from './chunks.ts';
import type { SnowflakeError } from './errors.ts';
import type { Settled } from './options.ts';
import { parametersOf } from './parameters.ts';
import type { Answer } from './results.ts';
import type { Run } from './runs.ts';
import type { Session } from './sessions.ts';

/** The body of an answer: keys as the driver reads them. */
export function answerBody(run: Run, answer: Answer, session: Session, chunks: Chunks, url: string, settled: Settled) {
  const links = answer.chunks.length === 0 ? {} : chunks.link(answer.chunks, url);
  return success({
    ...answer.transfer,
    queryId: run.queryId,
    parameters: parametersOf(session, settled),
    rowtype: answer.rowTypes,
    rowset: answer.rows,
    total: answer.total,
    returned: answer.total,
    statementTypeId: answer.statementTypeId,
    version: 1,
    queryResultFormat: 'json',
    sqlState: '00000',
    finalDatabaseName: session.database,
    finalSchemaName: session.schema,
    finalWarehouseName: session.warehouse ?? null,
    finalRoleName: session.role,
    ...links,
  });
}

export const success = (data: unknown, code: string | null = null) => ({ data, code, message: null, success: true });

/** Tells the driver that the statement still runs: ask again (333333), or that it runs on its own (333334). */
export function runningBody({ queryId }: Run, isAsync: boolean) {
  const data = { queryId, getResultUrl: `/queries/${queryId}/result`, queryAbortsAfterSecs: 300, progressDesc: null };
  return success(data, isAsync ? '333334' : '333333');
}

export function failureBody(error: SnowflakeError, queryId?: string) {
  return {
    data: {
      internalError: false,
      errorCode: error.code,
      age: 0,
      sqlState: error.sqlState,
      queryId: queryId ?? null,
      line: -1,
      pos: -1,
      type: 'COMPILATION',
    },
    code: error.code,
    message: error.message,
    success: false,
  };
}
