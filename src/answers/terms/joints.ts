/** Words for "and" and "or" between two values in other languages than English. */
const joints: readonly (readonly [RegExp, string])[] = [
  [behindValue(String.raw`\s(?:und|et|y|e|en|och|og|i|és|și|και|и|та|ve|dan|và|و)\s|\s?[和与]\s?`), ' and '],
  [
    behindValue(
      String.raw`\s(?:oder|ou|o|of|eller|tai|lub|nebo|vagy|sau|ή|или|або|veya|atau|hoặc|أو)\s|\s?(?:或者?|または|또는)\s?`,
    ),
    ' or ',
  ],
]

function behindValue(words: string): RegExp {
  return new RegExp(String.raw`(?<=[\d)}π])(?:${words})(?=[-√(\d]|[a-z](?:_\w)?\s?=)`, 'giu')
}

/** A short term with English words between its values: "5 et -1" as "5 and -1". */
export function withEnglishJoints(term: string): string {
  return joints.reduce((text, [words, english]) => text.replaceAll(words, english), term)
}
