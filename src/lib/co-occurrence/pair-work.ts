import type { Matrix } from './matrix.ts';

/** The steps that it takes to count each column beside the later ones: what balancedRanges() shares out. */
export function pairWork({ columns, laterBeside }: Pick<Matrix, 'columns' | 'laterBeside'>): Float64Array {
  return laterBeside.map((steps, column) => steps + Math.min(steps, columns - column));
}
