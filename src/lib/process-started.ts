/** When this process started, as ISO text; the same each time, so that it names the process. */
export function processStartedAt(): string {
  return new Date(performance.timeOrigin).toISOString();
}
