import { shownName } from './sql/names.ts';

/**
 * What the stand-in answers when a statement fails: Snowflake's number and SQLSTATE. Seen in documentation or public
 * traces: 000604, 000606, 000630, 000904, 001003, 002002, 002003, 002140, 003001, 090073, 090105, 100038, 100039, 100040, 100051, 100072,
 * 100090, 390100, 390104, 390111, 390112, 390114, 390144. Judged: the words after them, 000002 and 603.
 */
export class SnowflakeError extends Error {
  readonly code: string;
  readonly sqlState: string;

  constructor(code: string, sqlState: string, message: string) {
    super(message);
    this.code = code;
    this.sqlState = sqlState;
  }
}

const compilation = (code: string, sqlState: string, text: string) =>
  new SnowflakeError(code, sqlState, `SQL compilation error:\n${text}`);

export const syntaxError = (line: number, position: number, unexpected: string) =>
  compilation('001003', '42000', `syntax error line ${line} at position ${position} unexpected '${unexpected}'.`);
/** What Snowflake may well run and the stand-in does not know: never a silent pass. */
export const unsupported = (what: string) =>
  new SnowflakeError('000002', '0A000', `Unsupported feature '${what}' (of the stand-in, not of Snowflake).`);
export const unknownFunction = (name: string) => compilation('002140', '42601', `Unknown function ${name}`);
export const unknownObject = (name: string, kind = 'Object') =>
  compilation('002003', '42S02', `${kind} '${name}' does not exist or not authorized.`);
export const objectExists = (name: string) => compilation('002002', '42710', `Object '${name}' already exists.`);
export const invalidIdentifier = (name: string) =>
  compilation('000904', '42000', `error line 1 at position 0\ninvalid identifier '${name}'`);
export const insufficientPrivileges = (kind: string, name: string) =>
  new SnowflakeError(
    '003001',
    '42501',
    `SQL access control error:\nInsufficient privileges to operate on ${kind} '${name}'`,
  );
export const noWarehouse = () =>
  new SnowflakeError(
    '000606',
    '57P03',
    "No active warehouse selected in the current session.  Select an active warehouse with the 'use warehouse' command.",
  );
export const noDatabase = () =>
  new SnowflakeError(
    '090105',
    '22000',
    "Cannot perform operation. This session does not have a current database. Call 'USE DATABASE', or use a qualified name.",
  );
export const warehouseOverMonitor = (warehouse: string) =>
  new SnowflakeError(
    '090073',
    '22000',
    `Warehouse '${warehouse}' cannot be resumed because resource monitor 'STAND_IN_MONITOR' has exceeded its quota.`,
  );
export const cancelled = () => new SnowflakeError('000604', '57014', 'SQL execution canceled');
export const timedOut = (seconds: number) =>
  new SnowflakeError(
    '000630',
    '57014',
    `Statement reached its statement or warehouse timeout of ${seconds} second(s) and was canceled.`,
  );
export const queuedTooLong = (seconds: number) =>
  new SnowflakeError(
    '000630',
    '57014',
    `Statement reached its queued timeout of ${seconds} second(s) and was canceled.`,
  );
export const duplicateRow = () =>
  new SnowflakeError('100090', '42P18', 'Duplicate row detected during DML action\nRow Values: [...]');

type Rule = readonly [pattern: RegExp, make: (found: RegExpExecArray, text: string) => SnowflakeError];

/** DuckDB's words (1.5.5) to Snowflake's. Its Parser Error has no rule: the translator has written nonsense then. */
const RULES: readonly Rule[] = [
  [/INTERRUPT/, cancelled],
  [/Division by zero/, () => new SnowflakeError('100051', '22012', 'Division by zero')],
  [
    /(?:Table|View)(?: Function)? with name "?([^\s"!]+)"? does not exist/,
    ([, name]) => unknownObject(shownName(name!)),
  ],
  [/Schema with name "?([^\s"!]+)"? does not exist/, ([, name]) => unknownObject(name!, 'Schema')],
  [/Catalog "?([^\s"!]+)"? does not exist/, ([, name]) => unknownObject(name!, 'Database')],
  [/with name "?([^\s"!]+)"? already exists/, ([, name]) => objectExists(shownName(name!))],
  [/Referenced (?:column|table) "([^"]+)"/, ([, name]) => invalidIdentifier(shownName(name!))],
  [/does not have a column (?:named|with name) "?([^\s"!]+)"?/i, ([, name]) => invalidIdentifier(shownName(name!))],
  [/Function with name "?([^\s"!]+)"? does not exist/, ([, name]) => unknownFunction(name!.toUpperCase())],
  [
    /NOT NULL constraint failed: \S*?\.?([^.\s]+)$/m,
    () => new SnowflakeError('100072', '22000', 'NULL result in a non-nullable column'),
  ],
  [
    /Could not cast value (\S+) to|Out of Range/,
    (_, text) => new SnowflakeError('100039', '22003', `Numeric value is out of range: ${text}`),
  ],
  [/Conversion Error.*(?:date|timestamp) field/, (_, text) => new SnowflakeError('100040', '22007', text)],
  [
    /Conversion Error.*(?:string|value) '?([^'\s]*)'?/,
    ([, value]) => new SnowflakeError('100038', '22018', `Numeric value '${value}' is not recognized`),
  ],
  [/Conversion Error/, (_, text) => new SnowflakeError('100038', '22018', text)],
  [/Binder Error/, (_, text) => compilation('001065', '22023', text)],
];

/** Any error of a statement as Snowflake would answer it. */
export function asSnowflakeError(error: unknown): SnowflakeError {
  if (error instanceof SnowflakeError) return error;
  const text = error instanceof Error ? error.message : String(error);
  for (const [pattern, make] of RULES) {
    const found = pattern.exec(text);
    if (found !== null) return make(found, text);
  }
  return new SnowflakeError('000603', 'XX000', `SQL execution internal error: ${text}`);
}
