export type ProgressLines = {
  /** What is done now, and how far it is in words. */
  progress(phase: string, detail: string): void;
  stop(): void;
};

/**
 * Shows a person where a long run is: a line when a phase starts, and one a second while it lasts. On a terminal the
 * line is rewritten.
 */
export function progressLines(
  print: (line: string) => void,
  { now, isTerminal, everyMs = 1000 }: { now: () => number; isTerminal: boolean; everyMs?: number },
): ProgressLines {
  const started = now();
  let phase = '';
  let detail = '';
  let isRewriting = false;
  const show = () => {
    const seconds = ((now() - started) / 1000).toFixed(1).padStart(7);
    const line = `${seconds} s  ${phase}${detail === '' ? '' : `  ${detail}`}`;
    print(isTerminal && isRewriting ? `\x1b[1A\x1b[2K${line}` : line);
    isRewriting = true;
  };
  const timer = setInterval(show, everyMs);
  return {
    progress: (next, more) => {
      const isNew = next !== phase;
      [phase, detail] = [next, more];
      if (isNew) show();
    },
    stop: () => clearInterval(timer),
  };
}
