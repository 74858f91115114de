import { type Matrix, ownersOfColumn } from '../co-occurrence/matrix.ts';
import { type Cases, casesOf, type CasesInput, type Rows } from './cases.ts';
import { judged, type Judged, LIST_LENGTH, summary, type Summary } from './judge.ts';
import { selfInformation } from './metrics.ts';
import { GRID, type Model, POPULARITY } from './models.ts';
import { type NeighbourLimits, neighboursUnder } from './neighbours.ts';
import { type BootstrapOptions, type Interval, pairedBootstrap } from './paired-bootstrap.ts';
import { popularityOrder, scorerOf } from './scorer.ts';

/* split -> cases; models -> neighbours of what was owned at the cut -> lists -> metrics -> gain over popularity */

/** A split by time: what customers had at the cut, and what they started after it. */
export type Split = {
  readonly train: Matrix;
  readonly started: Rows;
  /** A group for each customer, -1 for none, for figures by group. */
  readonly groupOf?: Int32Array | undefined;
  readonly groups?: number | undefined;
};

export type EvaluationInput = Split &
  Pick<CasesInput, 'eligible' | 'asked' | 'leastOwned' | 'seed'> &
  NeighbourLimits &
  Omit<BootstrapOptions, 'seed'> & {
    /** Popularity is always among them. */
    readonly models?: readonly Model[];
    /** Items that are shown of a list. */
    readonly k?: number;
    readonly mostCases?: number;
  };

/** What came of a model for some customers. */
export type Figures = {
  /** Undefined without cases. */
  readonly overall: Summary | undefined;
  /** NDCG at k less that of popularity, customer by customer; undefined without cases, and of popularity itself. */
  readonly gain: Interval | undefined;
};

export type ModelReport = Figures & {
  readonly model: Model;
  /** By number of the group. */
  readonly groups: readonly Figures[];
};

export type SplitReport = {
  readonly k: number;
  readonly cases: number;
  readonly leftOut: Cases['leftOut'] & {
    /** Customers whose pairs were not counted, since they have too much; their own lists are judged all the same. */
    readonly heavy: number;
  };
  /** Popularity first, then in the order of the models. */
  readonly reports: readonly ModelReport[];
};

export const SHOWN = 10;

/** Judges every model on a split: learned from what was owned at the cut, asked for what was started afterwards. */
export function evaluateSplit(input: EvaluationInput): SplitReport {
  const { train, started, eligible, asked, leastOwned, mostCases, seed, models = GRID, k = SHOWN } = input;
  const all = [POPULARITY, ...models.filter(({ name }) => name !== 'popularity')];
  const cases = casesOf({ owned: train, started, eligible, asked, seed, ...given({ leastOwned, most: mostCases }) });
  const { tables, leftOut } = neighboursUnder(train, all, given({ most: input.most, heaviest: input.heaviest }));
  const owners = Array.from({ length: train.columns }, (_, item) => ownersOfColumn(train, item));
  const [popular, information] = [popularityOrder(train), selfInformation(owners, train.filled)];
  const outcomes = all.map((model, i) => {
    const neighbours = model.name === 'popularity' ? undefined : tables[i];
    return judged(cases, scorerOf({ neighbours, popular, eligible, most: Math.max(k, LIST_LENGTH) }), k, information);
  });
  const overall = figures(input, outcomes, Array.from(cases.customers.keys()));
  const groups = placesByGroup(input, cases).map((places) => figures(input, outcomes, places));
  const reports = all.map((model, i) => ({ model, ...overall[i]!, groups: groups.map((ofGroup) => ofGroup[i]!) }));
  return { k, cases: cases.customers.length, leftOut: { ...cases.leftOut, heavy: leftOut }, reports };
}

function placesByGroup({ groupOf, groups = 0 }: EvaluationInput, { customers }: Cases): number[][] {
  const parts: number[][] = Array.from({ length: groups }, () => []);
  if (groupOf !== undefined) customers.forEach((customer, place) => parts[groupOf[customer]!]?.push(place));
  return parts;
}

/** Of each method, over some of the cases; the first one is popularity. */
function figures(
  { train, eligible, seed, resamples, level }: EvaluationInput,
  outcomes: readonly Judged[],
  places: readonly number[],
): readonly Figures[] {
  const offered = eligible === undefined ? train.columns : eligible.reduce((sum, one) => sum + one, 0);
  const base = outcomes[0]!.values.ndcg;
  const gained = outcomes.map(({ values }) => Float64Array.from(places, (i) => values.ndcg[i]! - base[i]!));
  const gains = pairedBootstrap(gained, { seed, ...given({ resamples, level }) });
  return outcomes.map((outcome, i) => ({
    overall: summary(outcome, places, offered),
    gain: i === 0 ? undefined : gains[i],
  }));
}

/** Without the members that were not given, so that defaults stand. */
function given<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
