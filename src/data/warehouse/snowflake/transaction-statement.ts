import type { Bind } from '../../sql/sql.ts';
import type { StatementTag } from '../port.ts';
import type { DriverOptions, DriverResult, DriverSession } from './driver.ts';
import { type Failed, translate } from './errors.ts';
import type { Run } from './run.ts';
import type { Ended } from './statement.ts';

export type TransactionOptions = {
  readonly role: string;
  /** Longest run of a statement, in words. */
  readonly limit: string;
  /** Most rows that a statement reads. */
  readonly maxRows: number;
  readonly optionsOf: (text: string, tag?: StatementTag) => DriverOptions;
  /** Called for each statement that was sent, when it has ended. */
  readonly onStatement: (ended: Ended, tag?: StatementTag) => void;
};

/** What a statement of the transaction was, for the words of its error. */
export function failedAs(text: string, { role, limit }: TransactionOptions): Failed {
  return { text, role, limit };
}

type Asked = {
  readonly text: string;
  readonly params?: readonly Bind[];
  readonly tag?: StatementTag | undefined;
  readonly how?: Partial<DriverOptions>;
};
export type Read<R> = (result: DriverResult, begun: number) => Promise<R>;
export const NOTHING: Read<{ rowCount: number }> = async () => ({ rowCount: 0 });

/** Sends a statement, reads its answer, and tells of it. Throws what the driver and `read` throw. */
export async function send<R extends { readonly rowCount: number }>(
  run: Run,
  session: DriverSession,
  { text, params = [], tag, how }: Asked,
  options: TransactionOptions,
  read: Read<R>,
): Promise<R> {
  const begun = performance.now();
  let result: DriverResult | undefined;
  const tell = (rows: number, failure?: Pick<Ended, 'cause' | 'error'>) =>
    options.onStatement({ result, ms: performance.now() - begun, rows, ...failure }, tag);
  try {
    result = await run.send(session, text, params, { ...options.optionsOf(text, tag), ...how });
    const answer = await read(result, begun);
    tell(answer.rowCount);
    return answer;
  } catch (cause) {
    tell(0, { cause, error: run.watch.reason() ?? translate(cause, failedAs(text, options)) });
    throw cause;
  }
}
