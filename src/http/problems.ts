import { Type, type Static } from 'typebox';
import type { FastifyReply } from 'fastify';
import type { AppError } from '../lib/app-error.ts';
import { ERRORS, type ErrorCode } from '../lib/error-catalog.ts';
import { shorten } from '../lib/shorten.ts';

/** An error as a client receives it, with the media type `application/problem+json` (RFC 9457). */
export const Problem = Type.Object(
  {
    type: Type.String({ description: 'Address of the explanation of this kind of problem.', maxLength: 200 }),
    title: Type.String({ description: 'What the code means.', maxLength: 200 }),
    status: Type.Integer({ description: 'HTTP status.', minimum: 400, maximum: 599 }),
    code: Type.String({ description: 'Stable name of the problem; programs decide by it.', maxLength: 100 }),
    detail: Type.String({ description: 'What was wrong this time, and what is allowed.', maxLength: 2_001 }),
    hint: Type.String({ description: 'What to do about it.', maxLength: 200 }),
    requestId: Type.String({ description: 'Names this request in the log.', maxLength: 64 }),
    errors: Type.Optional(
      Type.Array(
        Type.Object(
          {
            pointer: Type.String({
              description: 'JSON pointer into the body, `?name` of a query parameter or `{name}` of a path parameter.',
              maxLength: 1_001,
            }),
            detail: Type.String({ description: 'What is wrong with the field, and what it allows.', maxLength: 2_001 }),
          },
          { additionalProperties: false },
        ),
        { description: 'Each bad field; the first twenty.', maxItems: 20 },
      ),
    ),
  },
  { $id: 'Problem', description: 'An error (RFC 9457).', additionalProperties: false },
);
export type Problem = Static<typeof Problem>;

export const PROBLEM_TYPE = 'application/problem+json';

/** Errors of status 500 and above whose detail we wrote for the client; that of all others stays in the log. */
const SPEAKING: ReadonlySet<ErrorCode> = new Set([
  'statement.timeout',
  'statement.out_of_memory',
  'warehouse.busy',
  'warehouse.suspended',
  'warehouse.forbidden',
  'write.rolled_back',
  'write.unknown',
  'service.starting',
  'service.draining',
  'unsupported.feature',
]);

/** The document of an error. */
export function problemOf(error: AppError, requestId: string): Problem {
  const { status, title, hint } = ERRORS[error.code];
  const isOpen = status < 500 || SPEAKING.has(error.code);
  return {
    type: `/docs/errors#${error.code}`,
    title,
    status,
    code: error.code,
    detail: isOpen ? shorten(error.detail, 2_000) : `${title}.`,
    hint,
    requestId,
    ...(isOpen && error.errors.length > 0 && { errors: error.errors.map(boundedField) }),
  };
}

/** Answers with the document; the route's own response schema is bypassed, it would drop members that it does not know. */
export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply.code(problem.status).type(PROBLEM_TYPE).serializer(JSON.stringify).send(problem);
}

type ProblemResponse = {
  description: string;
  content: { [PROBLEM_TYPE]: { schema: unknown; examples: Record<string, { summary: string; value: Problem }> } };
};

/**
 * The problems that a route can answer with, for `schema.response`: one response per status, one example per code.
 * `internal.error` is always among them.
 */
export function problemResponses(...codes: readonly ErrorCode[]): Record<number, ProblemResponse> {
  const responses: Record<number, ProblemResponse> = {};
  for (const code of new Set<ErrorCode>([...codes, 'internal.error'])) {
    const { status, title } = ERRORS[code];
    const response = (responses[status] ??= {
      description: title,
      content: { [PROBLEM_TYPE]: { schema: Type.Ref('Problem#'), examples: {} } },
    });
    response.content[PROBLEM_TYPE].examples[code] = { summary: title, value: exampleOf(code) };
  }
  return responses;
}

function exampleOf(code: ErrorCode): Problem {
  const { status, title, hint } = ERRORS[code];
  const example = {
    type: `/docs/errors#${code}`,
    title,
    status,
    code,
    detail: `${title}.`,
    hint,
    requestId: 'a1b2c3d4',
  };
  return { ...example, ...EXAMPLES[code] };
}

const LIMIT = 'must be an integer between 1 and 1000, not 5000';
const LIMT = 'is not known (did you mean "limit"?); known here: limit, cursor, sort';
const EXAMPLES: Partial<Record<ErrorCode, Partial<Problem>>> = {
  'request.invalid': { detail: `?limit ${LIMIT}`, errors: [{ pointer: '?limit', detail: LIMIT }] },
  'request.unknown_parameter': { detail: `?limt ${LIMT}`, errors: [{ pointer: '?limt', detail: LIMT }] },
};

function boundedField(field: { pointer: string; detail: string }): { pointer: string; detail: string } {
  return { pointer: shorten(field.pointer, 1_000), detail: shorten(field.detail, 2_000) };
}
