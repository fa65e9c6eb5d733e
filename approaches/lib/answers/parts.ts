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
    text.slice(index + mark.length, labels[at + 1]?.index).replace(/[\s,;]+(?:and)?\s*$/, ''),
  ])
}

/** Whether names follow one another from the first letter or number. */
export function isSequence(names: readonly string[]): boolean {
  return [letters, numbers, romans].some(order => names.every((name, index) => name === order[index]))
}

const letters = 'a b c d e f g h'.split(' ')
const numbers = '1 2 3 4 5 6 7 8 9'.split(' ')
const romans = ['i', 'ii', 'iii', 'iv']
