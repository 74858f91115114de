import type { ModelReport, SplitReport } from './evaluation.ts';
import { FALLBACK, isSameModel, type Model, modelTitle, POPULARITY, SERVABLE } from './models.ts';

export type Verdict = {
  /** What is served. */
  readonly model: Model;
  /** The model of each kind whose parameters were best on the earlier split: only these could win. */
  readonly chosen: readonly Model[];
  /** What is served, or when that is popularity the best of the chosen: for what popularity cannot rank. */
  readonly best: Model;
  /** One sentence with the figures. */
  readonly reason: string;
};

/** Customers of an evaluation that a model may win on. */
const LEAST_CASES = 30;

/**
 * Which model is served: of each kind the one that was best before (NDCG on the validation split), and of these the best
 * on the test split whose gain over popularity is above 0 with its whole interval; popularity when there is none, or when
 * there are fewer than LEAST_CASES to judge on, whose interval is no proof.
 */
export function verdict(test: SplitReport, validation?: SplitReport): Verdict {
  const chosen = chosenModels(test, validation);
  const own = (model: Model) => test.reports.find((report) => isSameModel(report.model, model))!;
  const ranked = chosen.map(own).toSorted((a, b) => ndcgOf(b) - ndcgOf(a));
  const canWin = test.cases >= LEAST_CASES;
  const winner = ranked.find(({ gain }) => canWin && gain !== undefined && gain.low > 0);
  const best = winner?.model ?? (test.cases > 0 ? ranked[0]?.model : undefined) ?? FALLBACK;
  return { model: winner?.model ?? POPULARITY, chosen, best, reason: reasonOf(test, winner, ranked[0]) };
}

/** Without an earlier split, the parameters that are good on most data. */
function chosenModels(test: SplitReport, validation: SplitReport | undefined): readonly Model[] {
  const known = validation !== undefined && validation.cases > 0;
  return SERVABLE.flatMap((name) => {
    const models = test.reports.map(({ model }) => model).filter((model) => model.name === name);
    if (models.length === 0) return [];
    if (!known) return [models.find((model) => isSameModel(model, FALLBACK)) ?? models[0]!];
    const earlier = validation.reports.filter((report) => models.some((model) => isSameModel(report.model, model)));
    return earlier
      .toSorted((a, b) => ndcgOf(b) - ndcgOf(a))
      .slice(0, 1)
      .map(({ model }) => model);
  });
}

function reasonOf(
  { cases, k, reports, leftOut }: SplitReport,
  winner: ModelReport | undefined,
  best: ModelReport | undefined,
): string {
  if (cases === 0) {
    return (
      `popularity: there is nobody to evaluate on: ${count(leftOut.tooFewOwned)} customers had too little before the cut ` +
      `and ${count(leftOut.nothingNew)} started nothing new after it`
    );
  }
  if (best?.gain === undefined) return 'popularity: no other model was asked about';
  const { gain } = winner ?? best;
  const figures =
    `NDCG@${k} ${short(ndcgOf(winner ?? best))} against ${short(ndcgOf(reports[0]!))} of popularity, a difference of ` +
    `${short(gain!.mean)} (95 % interval ${short(gain!.low)} to ${short(gain!.high)}) over ${count(cases)} customers`;
  if (cases < LEAST_CASES)
    return `popularity: ${count(cases)} customers are too few to judge on, ${LEAST_CASES} are needed; the best, ${modelTitle(best.model)}, has ${figures}`;
  return winner === undefined
    ? `popularity: no model is surely better; the best, ${modelTitle(best.model)}, has ${figures}`
    : `${modelTitle(winner.model)}: ${figures}`;
}

function ndcgOf({ overall }: ModelReport): number {
  return overall?.metrics.ndcg ?? 0;
}

function short(value: number): string {
  return value.toFixed(4);
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
