import type { RunContext } from '../../../analysis/define.ts';
import { isEverybody, type Population } from '../../../analysis/population.ts';
import type { Snapshot } from '../../../analysis/snapshot/shape.ts';
import { standingSnapshot } from '../../../analysis/snapshot/snapshot.ts';

/**
 * The relationships in memory when all that is asked is in them: everybody is asked about, nobody changed since they were
 * read, and there is nobody of whom they do not speak. Otherwise SQL answers, which at 20 M relationships takes ten times as long.
 */
export function wholeSnapshot(asked: Population, context: RunContext): Snapshot | undefined {
  if (!isEverybody(asked)) return undefined;
  const standing = standingSnapshot(context);
  const isExact = standing !== undefined && standing.snapshot.isWhole && standing.leftOut().length === 0;
  return isExact ? standing.snapshot : undefined;
}
