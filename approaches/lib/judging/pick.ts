import { alternatives, withoutThinking } from '../../../src/plugin.ts'

const noun = alternatives(
  'candidate|answer|solution|response|option|draft|choice',
  String.raw`number|no\.?|index`,
)
const bare = String.raw`(?:#|n[or]\.?\s?|n°\s?)?\(?(\d{1,3})\)?`
const joining = alternatives('or', 'and', '&', String.raw`\/`, ',', 'to', '-', '–')
/** Another number behind the word that joins it to one. */
const another = String.raw`\s{0,3}${joining}\s{0,3}(?:[a-z]{1,10}\s)?#?\d`
/** Does not match if another number is named with it, or if it is part of a longer one. */
const number = String.raw`(?:${noun}\s{1,3}){0,2}${bare}(?![\d.,]{0,9}\d|${another})`

const verdictWord = alternatives('best|winner|verdict|judge?ment|choice', 'selection|selected|pick|decision')
const contracted = String.raw`n['’]t\s`
/** Words before a verb or a number that turn the choice into its opposite, one or two words away. */
const denials = [
  String.raw`\b${alternatives('not', 'never', 'cannot', 'avoid')}\s`,
  contracted,
  String.raw`\b${alternatives('not', 'never', 'cannot')}\s\w{1,12}\s`,
  String.raw`${contracted}\w{1,12}\s`,
]
const undenied = `(?<!${denials.join('|')})`
const verb = alternatives('choose|chose|choosing|select|selecting|pick|prefer', 'go with|favou?r|vote for')
const seems = [
  alternatives('is', 'seems', 'appears', 'looks'),
  '(?: to be)?',
  `${alternatives(' clearly', ' therefore', ' thus', ' overall')}?`,
  '(?: the)?',
  `${alternatives(' single', ' very')}?`,
].join('')
const praise = alternatives(
  'best|strongest|winner|better|right one|correct one',
  `most ${alternatives('correct', 'accurate', 'complete', 'convincing')}`,
)

/** "Best" in languages other than English. */
const best = alternatives(
  '最好的?|最佳|最も(?:良い|優れた)',
  String.raw`\b${alternatives('mejor', 'beste', 'meilleure?', 'melhor', 'migliore')}\b`,
)
const negations = [
  '[不别別勿非]',
  String.raw`\b${alternatives('no', 'not', 'nicht', String.raw`kein\p{L}{0,3}`, 'pas', 'non', 'não', 'ni')}\b`,
]
const otherAnd = alternatives('或', '和', 'oder', 'ou', 'et', 'und')

/** From the most explicit to the vaguest. */
const wordings = [
  String.raw`\b${verdictWord}(?:[ _-]${noun})?"?\s{0,3}(?::|=|is\b|-|–|—)[\s:"[]{0,4}${number}`,
  String.raw`${undenied}\b${verb}\s{1,3}(?:the\s)?${number}`,
  String.raw`(?:\b${noun}\s{1,3})?(?<![\d.,])${bare}\s(?:${seems} ${praise}|wins|stands out)\b`,
  String.raw`${best}(?:(?!${negations.join('|')})[^\d\n.]){0,20}${bare}(?!\d|\s?${otherAnd}\s?\d)`,
].map(wording => new RegExp(wording, 'giu'))
/** A number alone on its line, or behind a heading. */
const wholeLine = new RegExp(
  String.raw`^(?:[^\p{L}\d-]{0,8}(?:${noun}\s{1,3})?|[^\d\n]{1,30}[:：]\s{0,3})#?(\d{1,3})[^\p{L}\d]{0,8}$`,
  'iu',
)
const against = /\b(?:worse|wrong|incorrect|not|fails)\b/i
const labelled = new RegExp(String.raw`\b${noun}\s{1,3}#?(\d{1,3})\b`, 'gi')

const ordinals = 'first second third fourth fifth sixth seventh eighth'.split(' ')
const cardinals = 'one two three four five six seven eight'.split(' ')
const behindVerdict = String.raw`(?<=\b${verdictWord}\s{0,3}[:=]\s{0,3})`
const endsChoice = String.raw`(?=(?: one| ${noun})?\s{0,3}(?:$|[^\p{L}\d\s]|${alternatives('because', 'since', 'as', 'is')}\b))`
/** "Best: two" or "Best: the second one", but not "Best: one of them". */
const spelled = new RegExp(
  String.raw`${behindVerdict}(?:the )?(${[...ordinals, ...cardinals].join('|')})\b${endsChoice}`,
  'gimu',
)
/** The tag of an answer, as a judge may repeat it. */
const tag = /(?:answer|solution|candidate)(?:-[\da-f]{6})?\s{1,3}number\s?=\s?["']?(?=\d)/gi

/** The text with the numbers of answers in digits. */
function inDigits(text: string): string {
  const digit = (word: string): string =>
    String(ordinals.indexOf(word.toLowerCase()) + 1 || cardinals.indexOf(word.toLowerCase()) + 1)
  return text
    .normalize('NFKC')
    .replaceAll(tag, 'answer ')
    .replaceAll(/\b(answer|solution|candidate)-[\da-f]{6}\b/gi, '$1')
    .replaceAll(
      /\b(first|second|third|fourth|fifth|sixth|seventh|eighth) (answer|candidate|solution|response|option|draft)\b/gi,
      (_all, word: string, noun: string) => `${noun} ${digit(word)}`,
    )
    .replaceAll(spelled, (_all, word: string) => digit(word))
}

/**
 * Reads which of `count` numbered candidates a judge chose: `Best: 2`, JSON, a number in a box or alone on the last or
 * first line, a sentence such as "Candidate 2 is the best". Undefined if it names none, several, or one out of range. Numbers
 * start at 1.
 */
export function readPick(text: string, count: number): number | undefined {
  // Judges end with their verdict.
  const verdict = inDigits(withoutThinking(text).slice(-4000))
  const plain = verdict
    .replaceAll(/\\(?:boxed|text|mathbf|mathrm|textbf)\{([^{}]*)\}/g, ' $1 ')
    .replaceAll(/[*_`$<>]/g, ' ')
    .replaceAll(/[^\S\n]+/g, ' ')
  for (const wording of wordings) {
    const picks = [...plain.matchAll(wording)].map(match => Number(match[1])).filter(inRange)
    if (picks.length > 0) return picks.at(-1)
  }
  const lines = plain.split('\n').filter(line => line.trim() !== '')
  for (const line of [lines.at(-1), lines[0]]) {
    const pick = Number(wholeLine.exec(line?.trim() ?? '')?.[1])
    if (inRange(pick)) return pick
  }
  const end = lines.at(-1) ?? ''
  if (against.test(end)) return undefined
  const mentioned = new Set([...end.matchAll(labelled)].map(match => Number(match[1])))
  const [only, ...others] = [...mentioned].filter(inRange)
  return others.length === 0 ? only : undefined

  function inRange(pick: number): boolean {
    return pick >= 1 && pick <= count
  }
}
