import type { SourceReport } from '../model.ts';
import type { ReadySource } from './source.ts';

export function sourceReport({ source, form, scan }: Pick<ReadySource, 'source' | 'form' | 'scan'>): SourceReport {
  const rejects = [...scan.rejects].map(([reason, { rows, samples }]) => ({ reason, rows, samples: [...samples] }));
  rejects.sort((a, b) => b.rows - a.rows);
  const rejected = rejects.reduce((sum, { rows }) => sum + rows, 0);
  return {
    name: source.name,
    file: source.file,
    ...form,
    detected: [...form.detected],
    rows: scan.read + rejected,
    read: scan.read,
    rejected,
    blankLines: scan.blankLines,
    rejects,
  };
}
