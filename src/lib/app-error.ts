import { ERRORS, type ErrorCode } from './error-catalog.ts';

/** One bad member of a request: a JSON pointer (`/filters/0`), or a parameter's name after `?`, and what is wrong with it. */
export type FieldError = { pointer: string; detail: string };

type Options = { cause?: unknown; errors?: readonly FieldError[]; headers?: Readonly<Record<string, string>> };

/** The only error that this project throws on purpose. `detail` is for the client: what was wrong and what is allowed. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly detail: string;
  readonly errors: readonly FieldError[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ErrorCode, detail: string, options: Options = {}) {
    super(`${code}: ${detail}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.status = ERRORS[code].status;
    this.detail = detail;
    this.errors = options.errors ?? [];
    this.headers = options.headers ?? {};
  }
}
