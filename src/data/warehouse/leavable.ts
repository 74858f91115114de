/**
 * The generator, with `leave` called first when its reader leaves: at once, also while a value is awaited, and before
 * the first one, where a generator that was never started would skip its `finally`. `leave` must be harmless when repeated.
 */
export function leavable<T>(values: AsyncGenerator<T, void>, leave: () => unknown): AsyncGenerator<T, void> {
  const end = values.return.bind(values);
  values.return = async (value) => {
    await leave();
    return end(value);
  };
  return values;
}
