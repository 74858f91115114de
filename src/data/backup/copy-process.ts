import { COPY_WORK, faultOf } from './copy-work.ts';
import type { Answer, Request } from './copier.ts';

/*
 * The process that reads the files of a backup; started by copier.ts. It ends with the one that started it.
 */
process.on('disconnect', () => process.exit(0));
process.on('message', (request: Request) => void answer(request).then((one) => process.send!(one)));

async function answer({ call, args }: Request): Promise<Answer> {
  try {
    const work = COPY_WORK[call] as (...args: readonly unknown[]) => unknown;
    return { value: await work(...args) };
  } catch (error) {
    return { fault: faultOf(error) };
  }
}
