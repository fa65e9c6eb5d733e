const label = /(?:^|[\s;,])\(([a-h]|i{1,3}|iv|[1-9])\)\s?/g
const maxParts = 12

/**
 * The named parts of an answer such as "(a) 5 (b) 7". Undefined unless the text begins with a label, and the labels follow
 * one another from the first letter or number.
 */
export function partsOf(text: string): readonly (readonly [string, string])[] | undefined {
  if (!text.startsWith('(') || text.length > 4000) return undefined
  const labels = [...text.matchAll(label)]
  if (labels.length < 2 || labels.length > maxParts) return undefined
  const names = labels.map(([, name]) => name!)
  if (!isSequence(names)) return undefined
  return labels.map(({ 0: mark, index }, at) => [
    names[at]!,
    withoutEnd(text.slice(index + mark.length, labels[at + 1]?.index)),
  ])
}

/** The text without what joins it to the next part. A run of joints is read from its beginning alone, and so in linear time. */
function withoutEnd(text: string): string {
  return text.trimEnd().replace(/(?<![\s,;])[\s,;]+(?:and)?$/, '')
}

/** Whether names follow one another from the first letter or number. */
export function isSequence(names: readonly string[]): boolean {
  return [letters, numbers, romans].some(order => names.every((name, index) => name === order[index]))
}

const letters = 'a b c d e f g h'.split(' ')
const numbers = '1 2 3 4 5 6 7 8 9'.split(' ')
const romans = ['i', 'ii', 'iii', 'iv']

/** Whether the last bracket closes the first one. */
export function closesAtEnd(text: string): boolean {
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    if ('([{'.includes(text[at]!)) depth++
    if (')]}'.includes(text[at]!)) depth--
    if (depth === 0) return at === text.length - 1
  }
  return false
}

/** Splits at commas, "and" and "or" outside brackets. A comma without a blank splits only if no comma has one. */
export function itemsOf(text: string): { readonly items: readonly string[]; readonly joint: string } {
  const separator = /,\s/.test(text)
    ? /^(?:,\s(?:and\s|or\s)?|;\s?|\s(?:and|or|&)\s|\s?∪\s?)/
    : /^(?:[,;]\s?|\s(?:and|or|&)\s|\s?∪\s?)/
  const items: string[] = []
  let joint = ','
  let depth = 0
  let from = 0
  for (let at = 0; at < text.length; at++) {
    if ('([{'.includes(text[at]!)) depth++
    if (')]}'.includes(text[at]!)) depth--
    const [cut] = depth === 0 ? (separator.exec(text.slice(at, at + 6)) ?? []) : []
    if (cut === undefined) continue
    if (/\bor\b|∪/.test(cut)) joint = '|'
    items.push(text.slice(from, at))
    from = at + cut.length
    at = from - 1
  }
  return { items: [...items, text.slice(from)].map(item => item.trim()).filter(item => item !== ''), joint }
}
