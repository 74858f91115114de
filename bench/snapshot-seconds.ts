/** Seconds until a look-up is answered without a statement; at most two minutes. */
export async function snapshotSeconds(port: number, path: string): Promise<number> {
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  while (seconds() < 120) {
    const answer = (await (await fetch(`http://127.0.0.1:${port}${path}`)).json()) as {
      meta: { timing: { statementMs: number } };
    };
    if (answer.meta.timing.statementMs === 0) return seconds();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return Infinity;
}
