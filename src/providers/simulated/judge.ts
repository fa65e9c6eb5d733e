import type { JudgeBias } from '../../config/sections/simulate.ts'

/** An answer given in a conversation, with the number or letter it is listed under. */
export interface StatedAnswer {
  readonly value: number
  readonly label: string | undefined
  /** Number of characters up to it, from the answer before it. */
  readonly length: number
}

/** The input of a judgement. */
export interface Judging {
  /** The instruction to the judge. */
  readonly instruction: string
  /** In order of appearance; at least one. */
  readonly answers: readonly [StatedAnswer, ...StatedAnswer[]]
  /** Whether the judge considers an answer correct. */
  readonly believes: (answer: StatedAnswer) => boolean
  /** Picks one of the list at random. */
  readonly pickOne: <T>(list: readonly [T, ...T[]]) => T
  /** The judge's preference. */
  readonly bias?: JudgeBias | undefined
}

/** A form of judgement: returns the reply if the instruction asks for this form. */
type Form = (judging: Judging) => string | undefined

/** In order of precedence. */
const forms: readonly Form[] = [chooseBest, grade, giveVerdict]

/** Judges in the form that the instruction asks for; undefined if it asks for no judgement. */
export function judge(judging: Judging): string | undefined {
  for (const form of forms) {
    const reply = form(judging)
    if (reply !== undefined) return judging.bias === 'silent' ? 'There is much to be said for each.' : reply
  }
  return undefined
}

const stated = /\banswer(?:\sis\b:?|\s?[:=])[\s*]{0,4}(-?\d+(?:\.\d+)?)|\\boxed\{(-?\d+(?:\.\d+)?)\}/gi
const listed =
  /(?:number|no|id)="?(\w{1,3})"|\b(?:candidate|solution|answer|draft|response|proposal|option)\W{1,3}(\d{1,3}|[A-H])\b/gi

/** Finds every answer stated in a text, such as "The answer is 391". */
export function findStatedAnswers(text: string): readonly StatedAnswer[] {
  let from = 0
  return [...text.matchAll(stated)].map(match => {
    const before = text.slice(from, match.index)
    const label = [...before.matchAll(listed)].at(-1)
    from = match.index + match[0].length
    return { value: Number(match[1] ?? match[2]), label: label?.[1] ?? label?.[2], length: before.length }
  })
}

const best = String.raw`\b(?:best|better|winner|strongest|correct|right)\b`
/**
 * "The number of the best", "Best: <number>", "Which is right?"; not "work out which one is right, and then answer".
 */
const asksForChoice = new RegExp(
  String.raw`\b(?:number|index|letter) of\b[^.\n]{0,60}${best}|${best}[^.:\n]{0,20}: ?\W?(?:number|letter|index|[nk]\b)|\bwhich\b[^.\n]{0,60}${best}[^.\n]{0,20}\?`,
  'i',
)

/** "Reply with the number of the best": the first answer that the judge believes, else any, unless a place pleases it. */
function chooseBest({ instruction, answers, believes, pickOne, bias }: Judging): string | undefined {
  const byLabel = new Map(answers.flatMap(answer => (answer.label ? [[answer.label, answer]] : [])))
  const [first, ...rest] = byLabel.values()
  if (!first || rest.length === 0 || !asksForChoice.test(instruction)) return undefined
  const inPlace = bias === 'last' ? [first, ...rest].toReversed() : [first, ...rest]
  const { label } = inPlace.find(believes) ?? pickOne([first, ...rest])
  return `${fieldFor(instruction, String.raw`\W{0,3}(?:[a-z]\b|[nk#]|number|\d)`)}${label}`
}

const scale = /\b([01])\b[^.\d\n]{0,40}?(?:-|–|\bto\b)\s?(\d{1,3})\b|(?:\/|\bout of)\s?(\d{1,3})\b/i

/** "Grade it from 0 to 10": near the top of the scale, or near its bottom. */
function grade({ instruction, answers, believes }: Judging): string | undefined {
  const [, low = '0', high, outOf] = scale.exec(instruction) ?? []
  const top = Number(high ?? outOf)
  if (!top || !/\b(?:grade|score|rate|rating|mark)\b/i.test(instruction)) return undefined
  const bottom = Number(low)
  const exact = bottom + (top - bottom) * (believes(answers.at(-1)!) ? 0.9 : 0.2)
  const value = top - bottom > 1 ? Math.round(exact) : exact
  return `${fieldFor(instruction, String.raw`\W{0,3}(?:[nx#]\b|number|grade|score|\d)`)}${value}`
}

const verdicts = [
  ['correct', 'incorrect'],
  ['correct', 'wrong'],
  ['right', 'wrong'],
  ['true', 'false'],
  ['valid', 'invalid'],
  ['pass', 'fail'],
  ['accept', 'reject'],
  ['yes', 'no'],
].map(words => {
  const [good, bad] = words as [string, string]
  return {
    pair: new RegExp(String.raw`\b(${good})\b\W{1,4}(?:or\W{1,4})?(${bad})\b`, 'i'),
    capitals: [good, bad].map(word => new RegExp(String.raw`\b(${word.toUpperCase()})\b`)),
  }
})

/** "Reply with CORRECT or INCORRECT", "answer yes or no": concerns the last answer given. */
function giveVerdict({ instruction, answers, believes }: Judging): string | undefined {
  for (const { pair, capitals } of verdicts) {
    const [, ...words] = pair.exec(instruction) ?? []
    const [yes, no] = words.length > 0 ? words : capitals.map(capital => capital.exec(instruction)?.[1])
    if (yes === undefined || no === undefined) continue
    return `${fieldFor(instruction, String.raw`\W{0,3}${yes}\b`)}${believes(answers.at(-1)!) ? yes : no}`
  }
  return undefined
}

/**
 * The label that the instruction requires before the reply, as `Score: ` in "end with Score: <number>"; empty if
 * none.
 */
function fieldFor(instruction: string, placeholder: string): string {
  return new RegExp(String.raw`\b([A-Z][A-Za-z ]{1,24}: ?)${placeholder}`).exec(instruction)?.[1] ?? ''
}
