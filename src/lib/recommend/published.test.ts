import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { matrixOfRows } from '../../../test/matrix-of-rows.ts';
import { readCsv } from '../../../test/read-csv.ts';
import { referenceData } from '../../../test/reference-data.ts';
import { evaluateSplit, type Split } from './evaluation.ts';
import { LIST_LENGTH } from './judge.ts';
import { measured } from './metrics.ts';
import { COSINE, FALLBACK, LIFT, type Model, POPULARITY } from './models.ts';
import { neighbours } from './neighbours.ts';
import { popularityOrder, scorerOf } from './scorer.ts';
import { verdict } from './verdict.ts';

const MINUTES = 60_000;
type Purchase = { readonly household: number; readonly category: number; readonly day: string };

const journey = referenceData('completejourney');

async function rowsOf(file: string): Promise<readonly Readonly<Record<string, string>>[]> {
  const text = gunzipSync(await readFile(join(journey!, file))).toString();
  const [header, ...records] = readCsv(text.replaceAll(/\r?\n/g, '\r\n'));
  return records.map((record) => Object.fromEntries(header!.map((name, i) => [name!, record[i] ?? ''])));
}

async function purchases(): Promise<readonly Purchase[]> {
  const products = await rowsOf('products.csv.gz');
  const categoryOf = new Map(products.map((row) => [row['product_id'], row['product_category']]));
  const rows = (await rowsOf('transactions_sample.csv.gz')).flatMap((row) => {
    const category = categoryOf.get(row['product_id']) ?? '';
    return category === '' ? [] : [{ ...row, category }];
  });
  const numbers = (key: string) => {
    const names = [...new Set(rows.map((row) => (row as Record<string, string>)[key]!))].toSorted();
    return new Map(names.map((name, i) => [name, i]));
  };
  const [households, categories] = [numbers('household_id'), numbers('category')];
  return rows.map((row) => ({
    household: households.get((row as Record<string, string>)['household_id']!)!,
    category: categories.get(row.category)!,
    day: (row as Record<string, string>)['transaction_timestamp']!.slice(0, 10),
  }));
}

async function splitAt(all: readonly Purchase[], cut: string, end: string): Promise<Split> {
  const households = Math.max(...all.map(({ household }) => household)) + 1;
  const categories = Math.max(...all.map(({ category }) => category)) + 1;
  const between = (from: string, to: string) => {
    const rows: number[][] = Array.from({ length: households }, () => []);
    for (const { household, category, day } of all) if (day >= from && day < to) rows[household]!.push(category);
    return matrixOfRows(rows, categories);
  };
  return { train: await between('', cut), started: await between(cut, end) };
}

test.skipIf(journey === undefined)(
  'Complete Journey (84.51°), next category: popularity 0.2001, lift 0.0037, cosine 0.2042; what is served is above 0.2041',
  async () => {
    const all = await purchases();
    const split = await splitAt(all, '2017-10-02', '2018-01-01');
    const earlier = await splitAt(all, '2017-07-03', '2017-10-02');
    const options = { leastOwned: 3, seed: 1, most: 290 };
    const later = evaluateSplit({ ...split, ...options });
    expect([later.cases, split.train.columns, split.train.items.length]).toEqual([1792, 290, 39_845]);
    const ofModel = (model: Model) => later.reports.find((report) => report.model === model)!;
    const metrics = ofModel(POPULARITY).overall!.metrics;
    const published = { hitRate: 0.6574, precision: 0.1184, recall: 0.2295, ndcg: 0.2001, map: 0.1091 };
    for (const [metric, value] of Object.entries(published))
      expect(metrics[metric as keyof typeof published]).toBeCloseTo(value, 4);
    expect(ofModel(LIFT).overall!.metrics.ndcg).toBeCloseTo(0.0037, 4);
    expect(ofModel(LIFT).overall!.metrics.hitRate).toBeCloseTo(0.0329, 4);
    const cosine = ofModel(COSINE);
    expect(cosine.overall!.metrics.ndcg).toBeCloseTo(0.2042, 4);
    expect(cosine.gain!.mean).toBeCloseTo(0.0041, 4);
    expect(cosine.gain!.low).toBeCloseTo(0.0006, 3);
    expect(cosine.gain!.high).toBeCloseTo(0.0077, 3);
    const found = verdict(later, evaluateSplit({ ...earlier, ...options, resamples: 1 }));
    const winner = later.reports.find(({ model }) => model === found.model)!;
    process.stdout.write(`Complete Journey, next category: ${found.reason}\n`);
    expect(winner.overall!.metrics.ndcg).toBeGreaterThanOrEqual(0.2041);
    expect(winner.gain!.low).toBeGreaterThan(0);
  },
  5 * MINUTES,
);

const msweb = referenceData('msweb');

/** Lines `A,area,...`, `C,"user",user` and, of the user before, `V,area,1`. */
async function visits(
  file: string,
): Promise<{ readonly areas: readonly number[]; readonly users: readonly number[][] }> {
  const [areas, users]: [number[], number[][]] = [[], []];
  for (const line of (await readFile(join(msweb!, file), 'latin1')).split('\n')) {
    const [kind, second] = line.split(',');
    if (kind === 'A') areas.push(Number(second));
    if (kind === 'C') users.push([]);
    if (kind === 'V') users.at(-1)!.push(Number(second));
  }
  return { areas: areas.toSorted((a, b) => a - b), users };
}

test.skipIf(msweb === undefined)(
  'MS Web (Breese, Heckerman and Kadie 1998), hide one visit: popularity has a half-life score of 46.74, ours over 61',
  async () => {
    const { areas, users } = await visits('anonymous-msweb.data');
    const place = new Map(areas.map((area, i) => [area, i]));
    const numbered = (rows: readonly number[][]) => rows.map((row) => row.map((area) => place.get(area)!));
    const train = await matrixOfRows(numbered(users), areas.length);
    const others = numbered((await visits('anonymous-msweb.test')).users).filter(({ length }) => length > 1);
    expect([users.length, areas.length, others.length]).toEqual([32_711, 294, 3453]);
    const popular = popularityOrder(train);
    const information = new Float64Array(areas.length);
    const score = (model: Model) => {
      const table = model === POPULARITY ? undefined : neighbours({ matrix: train, model });
      const scorer = scorerOf({ neighbours: table, popular, most: LIST_LENGTH });
      const found = (user: readonly number[], hidden: number) => {
        const { items, count } = scorer(user.filter((area) => area !== hidden));
        return measured(items.subarray(0, count), [hidden], 10, information).halfLife;
      };
      const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
      return 100 * mean(others.map((user) => mean(user.map((hidden) => found(user, hidden)))));
    };
    expect(score(POPULARITY)).toBeCloseTo(46.74, 2);
    expect(score(COSINE)).toBeCloseTo(58.52, 1);
    expect(score(FALLBACK)).toBeCloseTo(61.79, 1);
  },
  5 * MINUTES,
);
