/** Whether the operating system refused something: no space, no right, no such folder. Its message says what and where. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}
