import type { State } from './open-state.ts';

const NAME = 'cursor';

/** The 32 bytes that sign cursors: made on the first call ever, the same after a restart and in every process on this store. */
export async function cursorSecret(state: State, randomBytes: (size: number) => Uint8Array): Promise<Uint8Array> {
  state.run(
    'insert into secrets (name, value, made_at) values (?, ?, ?) on conflict (name) do nothing',
    NAME,
    randomBytes(32),
    state.now(),
  );
  const [row] = state.all('select value from secrets where name = ?', NAME);
  return row!['value'] as Uint8Array;
}
