/** `did you mean "bon"?` for the candidate nearest to `name`; undefined if none is near. */
export function didYouMean(name: string, candidates: readonly string[]): string | undefined {
  const near = nearest(name, candidates)
  return near === undefined ? undefined : `did you mean ${JSON.stringify(near)}?`
}

/**
 * The candidate that takes the fewest edits to reach from `name`, ignoring case, if at most a third of its letters
 * change (always at least one). Of equals, the first.
 */
export function nearest(name: string, candidates: readonly string[]): string | undefined {
  let most = Math.max(1, Math.floor(name.length / 3))
  let best: string | undefined
  for (const candidate of candidates) {
    // Names come from clients: a huge one is not worth comparing letter by letter.
    if (Math.abs(candidate.length - name.length) > most) continue
    const edits = editDistance(name.toLowerCase(), candidate.toLowerCase())
    if (edits > most) continue
    best = candidate
    most = edits - 1
  }
  return best
}

/** The Damerau distance: letters inserted, removed or replaced, and neighbours swapped. */
function editDistance(from: string, to: string): number {
  let beforeLast: readonly number[] = []
  let last: readonly number[] = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let row = 1; row <= from.length; row++) {
    const current = [row]
    for (let column = 1; column <= to.length; column++) {
      const replaced = last[column - 1]! + (from[row - 1] === to[column - 1] ? 0 : 1)
      const edits = Math.min(replaced, last[column]! + 1, current[column - 1]! + 1)
      current.push(isSwap(from, row, to, column) ? Math.min(edits, beforeLast[column - 2]! + 1) : edits)
    }
    beforeLast = last
    last = current
  }
  return last[to.length]!
}

/** Whether the two letters that end here are the same in both, the other way round. */
function isSwap(from: string, row: number, to: string, column: number): boolean {
  return row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
}
