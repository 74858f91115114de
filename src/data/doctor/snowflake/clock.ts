import { type Finding, well, wrong } from '../finding.ts';

/** A key signs for two minutes; some of them are on their way. */
const MOST_SECONDS = 30;

/** How far this machine's clock is before that of the account (behind it: negative). */
export function clockFinding(seconds: number): Finding {
  const says = `this machine is ${difference(seconds)} the account`;
  if (Math.abs(seconds) <= MOST_SECONDS) return well('clock', says);
  return wrong('clock', `${says}: keys are refused, and days begin at another time`, ['timedatectl set-ntp true']);
}

function difference(seconds: number): string {
  const whole = Math.round(Math.abs(seconds));
  if (whole <= 1) return 'within a second of';
  return `${whole} s ${seconds > 0 ? 'before' : 'behind'}`;
}

/** Before anybody is signed in: by the date of any answer of the server. Undefined when it gives none. */
export async function secondsBefore(address: string, now: () => Date): Promise<number | undefined> {
  try {
    const answer = await fetch(address, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(5_000) });
    const date = Date.parse(answer.headers.get('date') ?? '');
    return Number.isNaN(date) ? undefined : (now().getTime() - date) / 1000;
  } catch {
    return undefined;
  }
}
