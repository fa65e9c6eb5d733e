import t from 'tap'
import { bareAnswerKey } from '../../src/answers/answer-key.ts'
import { answerKey } from '../../src/answers/answer.ts'
import { equalAnswers } from './equal-answers.ts'

interface Pair {
  readonly left: string
  readonly right: string
  readonly same: boolean
}

const pairs = Object.values(equalAnswers).flatMap(pairsOf)
const wrappings: Readonly<Record<string, (answer: string) => string>> = {
  'on its own': bareAnswerKey,
  'in a box': answer => answerKey(`After some work we find \\boxed{${answer}}.`),
  'after a label': answer => answerKey(`Let us see.\n\n**Answer:** ${answer}`),
}

t.ok(pairs.length >= 300, `${pairs.length} pairs`)

for (const [place, keyOf] of Object.entries(wrappings)) {
  t.test(`answers ${place} that mean the same share a vote, and no others do`, async t => {
    const forms = new Set(pairs.flatMap(({ left, right }) => [left, right]))
    const keys = new Map([...forms].map(form => [form, keyOf(form)]))
    const judged = pairs.map(pair => ({ ...pair, joined: keys.get(pair.left) === keys.get(pair.right) }))
    const merged = judged.filter(({ joined }) => joined)
    const wrong = merged.filter(({ same }) => !same)
    const same = judged.filter(pair => pair.same)
    const missed = same.filter(({ joined }) => !joined)
    t.ok(wrong.length <= merged.length * 0.005, `different answers with one key: ${show(wrong)}`)
    t.ok(missed.length <= same.length * 0.2, `${missed.length} of ${same.length} missed: ${show(missed)}`)
  })
}

/** All pairs of forms of one row, and pairs of the first forms of different rows. */
function pairsOf(rows: readonly string[]): Pair[] {
  const forms = rows.map(row => row.split(' ~ '))
  const equal = forms.flatMap(row => combine(row).map(([left, right]) => ({ left, right, same: true })))
  const different = combine(forms).flatMap(([one, other]) => [
    { left: one[0]!, right: other[0]!, same: false },
    { left: one.at(-1)!, right: other.at(-1)!, same: false },
  ])
  return [...equal, ...different]
}

function combine<T>(items: readonly T[]): (readonly [T, T])[] {
  return items.flatMap((left, at) => items.slice(at + 1).map(right => [left, right] as const))
}

function show(list: readonly Pair[]): string {
  return list.map(({ left, right }) => `${left} | ${right}`).join('\n')
}
