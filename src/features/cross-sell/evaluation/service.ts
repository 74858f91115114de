import type { RunContext } from '../../../analysis/define.ts';
import type { Matrix } from '../../../lib/co-occurrence/matrix.ts';
import type { EvaluationInput, ModelReport, SplitReport } from '../../../lib/recommend/evaluation.ts';
import { isSameModel, type Model } from '../../../lib/recommend/models.ts';
import { type Verdict, verdict } from '../../../lib/recommend/verdict.ts';
import { heldOnDays } from '../held-on-days.ts';
import { heldItems } from './items.ts';
import { membersAsked, type Members } from './members.ts';
import type { EvaluationAsked } from './model.ts';
import { splitDays, type SplitDays } from './split-days.ts';

/*
 * days ─► who had what by the end of each ─► items, members ─┬─► the split before: parameters ─┬─► verdict ─► rows
 *                                                            └─► the split at the cut ─────────┘
 */

type Row = Readonly<Record<string, unknown>>;
type Evaluated = { readonly test: SplitReport; readonly validation: SplitReport; readonly found: Verdict };

/** The rows of cross-sell.evaluation. Throws request.invalid, segment.not_found and limit.rows. */
export async function evaluationRows(params: EvaluationAsked, context: RunContext): Promise<readonly Row[]> {
  const days = splitDays(params.cut, context.asOf);
  const held = await heldItems(await heldOnDays(context, days.ends), params, context);
  // What is known of customers later than that must not choose who is evaluated.
  const members = await membersAsked(held, params, { ...context, asOf: days.ends[1] });
  const evaluated = await evaluate(params, held, members, context);
  sayMore(evaluated, params, days, context);
  const { test } = evaluated;
  if (test.cases === 0) return [];
  const groups = [null, ...members.groups];
  return groups.flatMap((group, i) => test.reports.flatMap((report) => rowsOf(group, i - 1, report, evaluated)));
}

async function evaluate(
  params: EvaluationAsked,
  { matrices, eligible }: { readonly matrices: readonly Matrix[]; readonly eligible: Uint8Array },
  { asked, groupOf, groups }: Members,
  { compute }: RunContext,
): Promise<Evaluated> {
  const [before, had, now] = matrices as readonly [Matrix, Matrix, Matrix];
  const { k, leastOwned, mostCases, seed, neighbours: most, heaviest } = params;
  const options = { k, leastOwned, mostCases, seed, most, heaviest, eligible, asked };
  const judge = (input: Pick<EvaluationInput, 'train' | 'started' | 'groupOf' | 'groups'>) =>
    compute('evaluate-split', { ...options, ...input });
  const [validation, test] = await Promise.all([
    judge({ train: before, started: had }),
    judge({ train: had, started: now, groupOf, groups: groups.length }),
  ]);
  return { test, validation, found: verdict(test, validation) };
}

function rowsOf(
  group: string | null,
  number: number,
  report: ModelReport,
  { validation, found }: Evaluated,
): readonly Row[] {
  const { model } = report;
  const { overall, gain } = group === null ? report : report.groups[number]!;
  if (overall === undefined) return [];
  const isRp3beta = model.name === 'rp3beta';
  const before = validation.reports.find((one) => isSameModel(one.model, model));
  return [
    {
      group,
      model: model.name,
      alpha: isRp3beta ? model.degree : null,
      beta: isRp3beta ? model.to : null,
      isChosen: found.chosen.some((one: Model) => isSameModel(one, model)),
      isWinner: isSameModel(found.model, model),
      cases: overall.cases,
      ...overall.metrics,
      coverage: overall.coverage,
      gain: gain?.mean ?? null,
      gainLow: gain?.low ?? null,
      gainHigh: gain?.high ?? null,
      validationNdcg: before?.overall?.metrics.ndcg ?? null,
    },
  ];
}

function sayMore(
  { test, validation, found }: Evaluated,
  { leastOwned, mostCases, heaviest }: EvaluationAsked,
  { cut, validationCut }: SplitDays,
  { say }: RunContext,
): void {
  const { tooFewOwned, nothingNew, notSampled, heavy } = test.leftOut;
  say(`winner: ${found.reason}`);
  say(
    validation.cases > 0
      ? `parameters were chosen on what started from ${validationCut} on, before ${cut}; customers: ${count(validation.cases)}`
      : `parameters are the usual ones: there is nobody to evaluate on by what started from ${validationCut} on, before ${cut}`,
  );
  const left = [
    [tooFewOwned, `had fewer than ${leastOwned} items before ${cut}`],
    [nothingNew, `started nothing new from ${cut} on`],
    [notSampled, `are beyond a sample of ${mostCases}`],
  ] as const;
  for (const [customers, why] of left)
    if (customers > 0) say(`customers who ${why}, not evaluated: ${count(customers)}`);
  if (heavy > 0) say(`customers with more than ${heaviest} items, from whom nothing was learned: ${count(heavy)}`);
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
