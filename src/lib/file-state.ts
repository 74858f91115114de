import { stat } from 'node:fs/promises';

/** Which file a name stands for, and how it is: another text after every change that shows. Undefined when it is not there. */
export async function fileState(file: string): Promise<string | undefined> {
  const found = await stat(file, { bigint: true }).catch(() => undefined);
  return found && [found.dev, found.ino, found.size, found.mtimeNs].join('.');
}
