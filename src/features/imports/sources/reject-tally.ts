import { shorten } from '../../../lib/shorten.ts';
import type { OnReject, Rejects, SourceProblem } from './source-model.ts';

export type TallyOptions = {
  /** Rejected records that are kept per reason. */
  readonly samples: number;
  /** Bytes of a record that are shown to `onReject`. */
  readonly maxBytes: number;
  readonly onReject?: OnReject | undefined;
};

export type RejectTally = {
  readonly rejects: Rejects;
  add(reason: SourceProblem, line: number, record: Buffer): void;
};

/** Counts rejected records by reason, keeps the first of each, and tells every one of them. */
export function rejectTally({ samples, maxBytes, onReject }: TallyOptions): RejectTally {
  const rejects = new Map<SourceProblem, { rows: number; samples: { line: number; text: string }[] }>();
  return {
    rejects,
    add: (reason, line, record) => {
      const kept = rejects.get(reason) ?? { rows: 0, samples: [] };
      kept.rows += 1;
      if (kept.samples.length < samples) {
        kept.samples.push({ line, text: shorten(record.toString('utf8', 0, 1000).trimEnd()) });
      }
      rejects.set(reason, kept);
      onReject?.({ line, reason, text: record.toString('utf8', 0, maxBytes).replace(/(\r\n|\n|\r)$/, '') });
    },
  };
}
