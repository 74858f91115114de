type Counted = {
  readonly path: readonly string[];
  readonly customers: number;
  readonly continued: number;
  readonly everybody: number;
};

/** A row of the answer. Nobody takes a path that is not counted, so that no share is over nothing. */
export function pathRow({ path, customers, continued, everybody }: Counted): Readonly<Record<string, unknown>> {
  return {
    path,
    length: path.length,
    customers,
    share: customers / everybody,
    continued,
    continuationRate: continued / customers,
  };
}

/** The rows of the answer from those of `adoptionPaths`. */
export function pathRows(rows: readonly Readonly<Record<string, unknown>>[]): Readonly<Record<string, unknown>>[] {
  return rows.map((row) => {
    const length = Number(row['length']);
    const path = Array.from({ length }, (_, i) => String(row[`step${i + 1}`]));
    const [customers, continued, everybody] = ['customers', 'continued', 'everybody'].map((name) => Number(row[name]));
    return pathRow({ path, customers: customers!, continued: continued!, everybody: everybody! });
  });
}
