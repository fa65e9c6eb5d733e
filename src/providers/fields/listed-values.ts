/** Values that an error lists as those that a service accepts. */
export interface ListedValues {
  readonly values: readonly string[]
  /** The message before and behind the list. */
  readonly before: string
  readonly after: string
}

const endOfWord = String.raw`(?![\w-])`
const startOfWord = String.raw`(?<![\w-])`

/** Words for what a service accepts, and the same denied: the last one before a list tells which of the two it is. */
const accepting = String.raw`(?:support(?:s|ed)?|valid|allow(?:s|ed)?|accept(?:s|ed)?|permit(?:s|ted)?|available|expected|(?:should|must|can) be)`
const stance = new RegExp(
  String.raw`(?<denied>(?:\b(?:not|never|no longer|cannot|neither|without)|n't)(?:\s+\w+)?\s+${accepting}|\b(?:(?:should|must|can) not|cannot) be|\b(?:unsupported|invalid|disallowed|unavailable|received|got|except)\b|\b(?:other than|instead of)\b)|\b(?:${accepting}|one of|use|choose|choices|options)\b`,
  'gi',
)

/** A list that is the subject of a denial: `'low' or 'high' is not supported`. */
const deniedBehind =
  /^\s*(?:values?\s+)?(?:(?:is|are|was|were)\s*(?:not|n't|no longer|unsupported|invalid|unavailable)|(?:cannot|can't|not|unsupported|invalid)\b(?!\s*["'`]))/i

/** Distance in characters between a list and the words that introduce it. */
const nearby = 80

/**
 * The first list in an error of values that the service accepts, or else the first such value alone; undefined without
 * either. Only lists of quoted values, and those behind a word of accepting, count: "too high or low" is prose.
 */
export function listedValues(message: string, known: readonly string[]): ListedValues | undefined {
  const word = `${startOfWord}(?:${known.join('|')})${endOfWord}`
  const value = String.raw`[\s\[("'\`]*${word}["'\`)\]]*`
  const separator = String.raw`\s*(?:,\s*(?:or|and)\b|,|\||/|\bor\b|\band\b)`
  const lists = new RegExp(`${value}(?:${separator}${value})+`, 'gi')
  const single = new RegExp(`["'\`]${word}["'\`]`, 'gi')
  for (const [pattern, isList] of [
    [lists, true],
    [single, false],
  ] as const)
    for (const found of message.matchAll(pattern)) {
      const before = message.slice(0, found.index)
      const after = message.slice(found.index + found[0].length)
      if (!isAccepted(found[0], before, after, isList)) continue
      const words: readonly string[] = found[0].toLowerCase().match(/(?<![\w-])[a-z]+(?![\w-])/g) ?? []
      return { values: known.filter(name => words.includes(name)), before, after }
    }
  return undefined
}

function isAccepted(list: string, before: string, after: string, isList: boolean): boolean {
  if (deniedBehind.test(after)) return false
  // The sentence of the list, without the names of versions in it, such as gpt-5.1.
  const [sentence = ''] = /(?:[^.;!?\n]|[.;!?](?!\s))*$/.exec(before.slice(-nearby)) ?? []
  const words = [...sentence.matchAll(stance)].at(-1)
  if (words?.groups?.['denied'] !== undefined) return false
  if (words === undefined) return isList && /["'`[]/.test(list)
  return isList || !/^(?:use|choose)$/i.test(words[0])
}
