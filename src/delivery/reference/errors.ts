import { markdownTable } from './markdown-table.ts';

type Catalog = Readonly<Record<string, { status: number; title: string; hint: string }>>;

/** docs/reference/errors.md: one row per code, by status and then by code. */
export function errorsPage(errors: Catalog): string {
  const rows = Object.entries(errors)
    .toSorted(([a, { status: i }], [b, { status: j }]) => i - j || (a < b ? -1 : 1))
    .map(([code, { status, title, hint }]) => [`\`${code}\``, String(status), title, hint]);
  return `<!-- Generated from src/lib/error-catalog.ts by \`npm run docs\`; change it there. -->
# Errors

Every error is a problem document (RFC 9457, \`application/problem+json\`). \`code\` is stable: write programs against it, and
show \`title\` and \`detail\` to people. \`errors\` names each bad field by a JSON pointer or by \`?\` and the parameter.
\`requestId\` is the one in the log and in the header \`x-request-id\`.

${markdownTable(['Code', 'Status', 'What happened', 'What to do'], rows)}
`;
}
