import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Another process of this Node that runs `body`, TypeScript with static imports from `imports` (name to file address).
 * `say(line)` prints a line at once; `until` resolves when the lines satisfy a claim or the process has ended.
 */
export function otherProcess(imports: Readonly<Record<string, URL>>, body: string) {
  const head = Object.entries(imports).map(([name, url]) => `import { ${name} } from ${JSON.stringify(url.href)};`);
  const say = "import { writeSync } from 'node:fs'; const say = (line: string) => writeSync(1, line + '\\n');";
  const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', [...head, say, body].join('\n')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  let partial = '';
  let wake = () => {};
  child.stdout.on('data', (chunk: Buffer) => {
    const pieces = (partial + chunk.toString()).split('\n');
    partial = pieces.pop()!;
    lines.push(...pieces);
    wake();
  });
  let hasEnded = false;
  const ended = once(child, 'close').then(([code, signal]) => {
    hasEnded = true;
    wake();
    return { code, signal } as { code: number | null; signal: NodeJS.Signals | null };
  });
  async function until(claim: (lines: readonly string[]) => boolean): Promise<void> {
    while (!claim(lines) && !hasEnded) await new Promise<void>((resolve) => (wake = resolve));
  }
  return { child, lines, ended, until };
}
