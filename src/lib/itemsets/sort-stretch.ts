/** Up to so many numbers are sorted faster by insertion than by a call of the engine's sort. */
const SHORT = 40;

/** Sorts the numbers from one place up to another, ascending. */
export function sortStretch(numbers: Uint16Array | Uint32Array | Float64Array, from: number, to: number): void {
  if (to - from > SHORT) numbers.subarray(from, to).sort();
  else insertionSort(numbers, from, to);
}

function insertionSort(numbers: Uint16Array | Uint32Array | Float64Array, from: number, to: number): void {
  for (let i = from + 1; i < to; i++) {
    const value = numbers[i]!;
    let at = i;
    while (at > from && numbers[at - 1]! > value) {
      numbers[at] = numbers[at - 1]!;
      at -= 1;
    }
    numbers[at] = value;
  }
}
