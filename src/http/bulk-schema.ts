import type { FastifySchema } from 'fastify';
import { Type, type TSchema } from 'typebox';
import { BULK_MODES, type BulkMode } from '../analysis/write-sheet.ts';
import type { Analysis } from '../analysis/define.ts';
import type { Engine } from '../analysis/engine.ts';
import { problemResponses } from './problems.ts';
import { recordBody } from './record-bodies.ts';

const closed = { additionalProperties: false };

/** What a line of a mode may be. */
export function lineSchema(engine: Engine, analysis: Analysis, mode: BulkMode): TSchema {
  const { param } = analysis.record!;
  const id = Type.Object({ [param]: Type.String({ maxLength: 10_000, description: 'The id.' }) });
  if (mode === 'delete') return id;
  const body = recordBody(engine.fieldsOf(analysis), param);
  return mode === 'patch' ? { ...body, required: [param] } : body;
}

export function bulkSchema(engine: Engine, analysis: Analysis): FastifySchema {
  const name = analysis.name.split('.')[0]!;
  const { param } = analysis.record!;
  const lines = `{"${param}":"X1"}\n{"${param}":"X2"}\n`;
  return {
    operationId: `bulk_${name}`,
    summary: `Create, replace, patch or delete many ${name}, one JSON object a line`,
    description: DESCRIPTION.replaceAll('{id}', param),
    tags: [name],
    querystring: Type.Object(
      {
        mode: Type.Optional(
          Type.String({
            enum: [...BULK_MODES],
            default: 'create',
            maxLength: 10,
            description: 'What each line does; upsert creates, or replaces the record whole.',
          }),
        ),
      },
      closed,
    ),
    body: {
      content: {
        'application/x-ndjson': {
          schema: Type.String({ description: 'One JSON object a line.', examples: [lines] }),
        },
      },
    },
    response: {
      200: {
        description: 'An answer for each line, in order, and a summary.',
        content: { 'application/x-ndjson': { schema: Answer } },
      },
      ...problemResponses('request.invalid', 'request.unknown_parameter', 'request.unsupported_media_type'),
    },
  } as FastifySchema;
}

const DESCRIPTION = `Lines are read as they come and written 1,000 to a transaction (fewer when they are long); a line that is
refused leaves its neighbours. Each line that is not blank gets \`{ line, id, status, code?, detail? }\`, in order, once its
transaction is committed: what was answered stays, also when the client leaves, and then no further transaction begins.
The last line is \`{ "summary": { lines, created, replaced, patched, deleted, failed, superseded } }\`; without it the answer is cut off.

- \`create\`: \`{id}\` may be left out, then one is made. 409 for an id that is taken.
- \`upsert\`: creates, or replaces the record whole: what is left out becomes empty. \`patch\`: JSON Merge Patch (RFC 7396).
- \`delete\`: \`{id}\` is enough. A record that relationships refer to is not deleted (409).

No If-Match is needed: lines apply to whatever is stored. Of several lines of one transaction with one id the last that is
not refused wins, and the earlier ones say \`superseded\` with status 200; patches add up, so that a superseded one still
holds for what the later ones do not name. Lines of one id further apart are written one after the other.

When the warehouse cannot be asked or stores nothing, that is the answer of the lines (503 \`warehouse.*\`,
\`write.*\`). Where nobody could tell whether a transaction was stored, its rows tell: then an upsert may say 200 for a
record that it created, and a delete 200 for one that was not there.

Read the answer while you send: when some 4 MB of answers (50,000 lines) wait, no more lines are read. A line may have
BODY_BYTES; the body may take as long as it keeps coming.`;

const Answer = Type.String({
  description: 'One answer a line, and the summary.',
  examples: [
    '{"line":1,"id":"X1","status":201}\n{"line":2,"id":"X2","status":409,"code":"record.taken","detail":"…"}\n{"summary":{"lines":2,"created":1,"replaced":0,"patched":0,"deleted":0,"failed":1,"superseded":0}}\n',
  ],
});
