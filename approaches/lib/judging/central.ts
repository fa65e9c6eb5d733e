const word = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{M}]+|\p{N}+/gu
/** Of a longer text, the words behind this many characters do not count. */
const longestText = 100_000
/** Sums of the same numbers in a different order differ by less than this. */
const rounding = 1e-9

/**
 * Index of the text that has most in common with all texts: the highest sum of cosines between sets of words. Ties go to the
 * first. Takes linear time.
 */
export function mostCentral(texts: readonly string[]): number {
  const sets = texts.map(text => new Set(text.slice(0, longestText).toLowerCase().match(word)))
  const sum = new Map<string, number>()
  for (const words of sets) {
    for (const each of words) sum.set(each, (sum.get(each) ?? 0) + 1 / Math.sqrt(words.size))
  }
  let best = 0
  let highest = -1
  for (const [index, words] of sets.entries()) {
    let score = 0
    for (const each of words) score += sum.get(each)! / Math.sqrt(words.size)
    if (score <= highest + rounding) continue
    best = index
    highest = score
  }
  return best
}
