/** An answer that somebody gave in a conversation, with the number or letter it is listed under. */
export interface StatedAnswer {
  readonly value: number
  readonly label: string | undefined
}

/** What a judge has before it. */
export interface Judging {
  /** What it was told to do. */
  readonly instruction: string
  /** In order of appearance; at least one. */
  readonly answers: readonly [StatedAnswer, ...StatedAnswer[]]
  readonly believes: (answer: StatedAnswer) => boolean
  /** One of the list, at random. */
  readonly oneOf: <T>(list: readonly [T, ...T[]]) => T
}

/** A kind of judgement: gives the reply where the instruction asks for it. */
type Form = (judging: Judging) => string | undefined

/** The first that is asked for counts. */
const forms: readonly Form[] = [choice, grade, verdict]

/** A judgement in the form that the instruction asks for; undefined where it asks for none. */
export function judge(judging: Judging): string | undefined {
  for (const form of forms) {
    const reply = form(judging)
    if (reply !== undefined) return reply
  }
  return undefined
}

const said = /\banswer(?:\sis\b:?|\s?[:=])[\s*]{0,4}(-?\d+(?:\.\d+)?)|\\boxed\{(-?\d+(?:\.\d+)?)\}/gi
const listed =
  /(?:number|no|id)="?(\w{1,3})"|\b(?:candidate|solution|answer|draft|response|proposal|option)\W{1,3}(\d{1,3}|[A-H])\b/gi

/** Every "The answer is 391" in a text. */
export function statedAnswersIn(text: string): readonly StatedAnswer[] {
  let from = 0
  return [...text.matchAll(said)].map(match => {
    const label = [...text.slice(from, match.index).matchAll(listed)].at(-1)
    from = match.index + match[0].length
    return { value: Number(match[1] ?? match[2]), label: label?.[1] ?? label?.[2] }
  })
}

const best = String.raw`\b(?:best|better|winner|strongest|correct|right)\b`
/** "The number of the best", "Best: <number>", "Which is right?"; not "work out which one is right, and then answer". */
const asksForChoice = new RegExp(
  String.raw`\b(?:number|index|letter) of\b[^.\n]{0,60}${best}|${best}[^.:\n]{0,20}: ?\W?(?:number|letter|index|[nk]\b)|\bwhich\b[^.\n]{0,60}${best}[^.\n]{0,20}\?`,
  'i',
)

/** "Reply with the number of the best": one that the judge believes in, else any. */
function choice({ instruction, answers, believes, oneOf }: Judging): string | undefined {
  const byLabel = new Map(answers.flatMap(answer => (answer.label ? [[answer.label, answer]] : [])))
  const [first, ...rest] = byLabel.values()
  if (!first || rest.length === 0 || !asksForChoice.test(instruction)) return undefined
  const { label } = [first, ...rest].find(believes) ?? oneOf([first, ...rest])
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
    side: new RegExp(String.raw`\b(${good})\b\W{1,4}(?:or\W{1,4})?(${bad})\b`, 'i'),
    capitals: [good, bad].map(word => new RegExp(String.raw`\b(${word.toUpperCase()})\b`)),
  }
})

/** "Reply with CORRECT or INCORRECT", "answer yes or no": on the answer that was given last. */
function verdict({ instruction, answers, believes }: Judging): string | undefined {
  for (const { side, capitals } of verdicts) {
    const [, ...beside] = side.exec(instruction) ?? []
    const [yes, no] = beside.length > 0 ? beside : capitals.map(capital => capital.exec(instruction)?.[1])
    if (yes === undefined || no === undefined) continue
    return `${fieldFor(instruction, String.raw`\W{0,3}${yes}\b`)}${believes(answers.at(-1)!) ? yes : no}`
  }
  return undefined
}

/** The field that the instruction wants before the reply, as `Score: ` in "end with Score: <number>"; empty where it shows none. */
function fieldFor(instruction: string, placeholder: string): string {
  return new RegExp(String.raw`\b([A-Z][A-Za-z ]{1,24}: ?)${placeholder}`).exec(instruction)?.[1] ?? ''
}
