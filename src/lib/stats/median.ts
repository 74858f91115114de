/**
 * The median of some numbers, the mean of the middle two of an even number; NaN of none. Reorders them. By quickselect
 * (C. A. R. Hoare, Find, Communications of the ACM 4, 1961), which looks at each a few times where sorting takes log n.
 */
export function medianInPlace(numbers: Float64Array): number {
  const half = numbers.length >> 1;
  const upper = placeInOrder(numbers, half);
  if (numbers.length % 2 === 1) return upper;
  let lower = numbers.length === 0 ? NaN : -Infinity;
  for (let i = 0; i < half; i++) if (numbers[i]! > lower) lower = numbers[i]!;
  return (lower + upper) / 2;
}

/** The number that comes at `place` in order; those before are none higher, those after none lower. */
function placeInOrder(numbers: Float64Array, place: number): number {
  let [low, high] = [0, numbers.length - 1];
  while (low < high) {
    const pivot = middleOf(numbers[low]!, numbers[(low + high) >>> 1]!, numbers[high]!);
    let [i, j] = [low, high];
    while (i <= j) {
      while (numbers[i]! < pivot) i += 1;
      while (numbers[j]! > pivot) j -= 1;
      if (i > j) break;
      const swapped = numbers[i]!;
      numbers[i++] = numbers[j]!;
      numbers[j--] = swapped;
    }
    if (place <= j) high = j;
    else if (place >= i) low = i;
    else break;
  }
  return numbers[place] ?? NaN;
}

function middleOf(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
