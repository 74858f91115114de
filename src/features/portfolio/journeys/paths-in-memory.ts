import type { Static } from 'typebox';
import type { RunContext } from '../../../analysis/define.ts';
import { dayNumber } from '../../../analysis/snapshot/holdings.ts';
import type { Snapshot } from '../../../analysis/snapshot/shape.ts';
import type { Turns } from '../../../lib/turns.ts';
import { countPaths, itemsOf } from './count-paths.ts';
import { firstSteps } from './first-steps.ts';
import { itemsAsked } from './items.ts';
import type { AdoptionPathsParams } from './model.ts';
import { pathRow } from './service.ts';
import { cohortOf } from './starts.ts';

type Asked = Static<typeof AdoptionPathsParams>;

/** The rows of the answer from the relationships in memory; undefined when there are too many products to number. */
export async function adoptionPathsInMemory(
  snapshot: Snapshot,
  params: Asked,
  context: RunContext,
  turn: Turns,
): Promise<readonly Readonly<Record<string, unknown>>[] | undefined> {
  const { from, to } = cohortOf(params, context.asOf);
  const items = await itemsAsked(snapshot, params, context);
  if (items === undefined) return undefined;
  const width = params.length + 1;
  const days = { asOf: dayNumber(context.asOf), from: dayNumber(from), to: dayNumber(to) };
  const asked = { items: items.ofProduct, itemCount: items.ids.length, ...days, width };
  const steps = await firstSteps(snapshot, asked, turn);
  const { paths, everybody } = await countPaths(steps, { ...params, width }, turn);
  return paths.map((path) => {
    const names = itemsOf(path).map((item) => items.ids[item]!);
    return pathRow({ path: names, customers: path.customers, continued: path.continued, everybody });
  });
}
