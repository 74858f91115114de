import type { Bind } from '../../sql/sql.ts';
import type { Batch, Column } from '../port.ts';

/** Snowflake's driver as the rest of the adapter sees it: sessions that run one statement at a time. It lives in a worker thread. */
export type Driver = {
  /** Signs in. Throws DriverError. */
  connect(signal?: AbortSignal): Promise<DriverSession>;
  /** How often the thread was started again after it had died. */
  readonly restarts: number;
  /** Ends all sessions and the thread. */
  close(): Promise<void>;
};

export type DriverSession = {
  /**
   * Sends a statement and waits for its answer; rows are read from the result. One at a time: a second one throws.
   * Throws DriverError.
   */
  run(text: string, params: readonly Bind[], options: DriverOptions): Promise<DriverResult>;
  /** Makes what runs end, on the server too; it then throws a DriverError of kind `cancelled`. Harmless when nothing runs. */
  cancel(): void;
  /** Asks the server whether the session still is; renews what can be renewed. */
  isAlive(): Promise<boolean>;
  /** Ends the session on the server as far as it can be reached; never throws. */
  close(): Promise<void>;
};

export type DriverOptions = {
  /** QUERY_TAG, at most 2,000 characters. */
  readonly tag: string;
  /** STATEMENT_TIMEOUT_IN_SECONDS and STATEMENT_QUEUED_TIMEOUT_IN_SECONDS: rounded up, at least 1. */
  readonly seconds: number;
  readonly queuedSeconds: number;
  /**
   * Whether it may be carried out twice: then it is sent again, with its request id, until `retrySeconds` have passed.
   * One that may not is sent once: without an answer it ends with a DriverError of kind `lost`.
   */
  readonly isRepeatable: boolean;
  readonly retrySeconds: number;
  /** Only compiles it: the result has columns and no rows. */
  readonly describeOnly?: boolean;
};

export type DriverResult = {
  readonly queryId: string;
  /** Columns under the names that Snowflake gives. */
  readonly schema: readonly Column[];
  /** Rows that a statement changed: inserted, updated and deleted together; 0 for others. */
  readonly rowsChanged: number;
  /** Rows of the result, as Snowflake announces them. */
  readonly rowCount: number;
  /** Bytes of the result as it was sent, so far. */
  bytes(): number;
  /** Values as the port makes them. Pulled: nothing is read ahead but a batch or two. Leaving early drops the rest. */
  readonly batches: AsyncIterable<Batch>;
};

/**
 * refused: Snowflake answered with an error (code, sqlState) · signIn: it does not let this user in · unreachable: no
 * connection, or errors of the network or of HTTP, until the time for retries had passed; what may not be repeated was
 * certainly not carried out · lost: sent, and no answer: nobody knows whether it was carried out · gone: the session does
 * not exist any more, or ended with the thread before the statement · cancelled · died: the thread died meanwhile, or was
 * closed.
 */
export type DriverFailure = 'refused' | 'signIn' | 'unreachable' | 'lost' | 'gone' | 'cancelled' | 'died';

type Details = Readonly<Partial<Record<'code' | 'sqlState' | 'queryId', string | undefined>>> & { cause?: unknown };

export class DriverError extends Error {
  override readonly name = 'DriverError';
  readonly kind: DriverFailure;
  /** Snowflake's own code (`002003`), where it gave one. */
  readonly code: string | undefined;
  readonly sqlState: string | undefined;
  readonly queryId: string | undefined;

  constructor(kind: DriverFailure, message: string, { code, sqlState, queryId, cause }: Details = {}) {
    super(message, { cause });
    this.kind = kind;
    this.code = code;
    this.sqlState = sqlState;
    this.queryId = queryId;
  }
}
