import { modelTitle } from '../../../lib/recommend/models.ts';
import { sayLearned, type Learned } from '../learned/learned.ts';
import type { Candidates } from './candidates.ts';

/** What ranks the customers: popularity cannot, since it ranks a product alike for everybody. */
export function sayRanking(learned: Learned): string {
  if (learned.neighbours !== undefined) return sayLearned(learned);
  return (
    `ranked by ${modelTitle(learned.best.model)}, which is not surely better than popularity; popularity cannot rank ` +
    `customers, and is what next products are served by: ${learned.reason}`
  );
}

/** Who is asked about and who is listed, or why nobody is. */
export function sayCandidates(
  { asked, owners, rows }: Candidates,
  listed: number,
  { repeat, minScore }: { readonly repeat: boolean; readonly minScore: number },
): string {
  const owning = repeat ? 'have it' : 'have or had it';
  if (asked === 0) return 'no customer is asked about: the filter or the segment keeps nobody';
  if (owners === asked) return `all of the ${count(asked)} customers who are asked about ${owning}`;
  const least = minScore > 0 ? `a score of ${minScore} or more` : 'something that speaks for it';
  return (
    `of the ${count(asked)} customers who are asked about ${count(owners)} ${owning}; of the others ` +
    `${count(rows.length)} have ${least}, and ${count(listed)} of these are listed`
  );
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
