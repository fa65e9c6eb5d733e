import t from 'tap'
import { answerKeys } from '../../src/answers/answer-keys.ts'
import { lookAlikeTexts } from './look-alike-texts.ts'
import { lookAlikes } from './look-alikes.ts'
import { otherSpellings } from './other-spellings.ts'
import { otherWordings } from './other-wordings.ts'

const different = pairsOf([lookAlikes, lookAlikeTexts], ' | ')
const equal = pairsOf([otherSpellings, otherWordings], ' ~ ')
const wrappings: Readonly<Record<string, (answer: string) => string>> = {
  'on their own': answer => answer,
  'in a box': answer => `After some work we find \\boxed{${answer}}.`,
  'behind a label': answer => `Let us see.\n\n**Answer:** ${answer}`,
}

/** Sentences that differ in what they count; of two answers to one question, the figure alone is compared. */
const knownMerge = 'I have 5 cats. ~ I have 5 dogs.'
/** Pairs of equal answers that share a vote in no place yet. */
const missesAnywhere: readonly string[] = [
  'F = ma ~ F = a m',
  'U-235 ~ uranium-235',
  'm g h ~ ghm',
  'mgh ~ ghm',
  'uranium-235 ~ ^{235}U',
]
/** Those that only miss each other in a place. */
const missesIn: Readonly<Record<string, readonly string[]>> = {
  'behind a label': ['5! ~ 120', 'SO4^{2-} ~ SO₄²⁻', 'SO₄²⁻ ~ SO_4^{2-}', String.raw`SO₄²⁻ ~ \ce{SO4^2-}`],
}
/** Whole replies, which nobody puts in a box or behind a label. */
const reply = /^(?:\{"|The answer|Answer:|Die Antwort|La ré|La res|答案|故选)/

t.ok(different.length >= 300, `${different.length} pairs of different answers`)
t.ok(equal.length >= 300, `${equal.length} pairs of equal answers`)

for (const [place, wrapped] of Object.entries(wrappings)) {
  const shared = (one: string, other: string) =>
    new Set(answerKeys([wrapped(one), wrapped(other)])).size === 1

  t.test(`answers ${place} that look alike and differ do not share a vote`, async t => {
    const merged = different.filter(pair => shared(...pair)).map(pair => pair.join(' ~ '))
    t.strictSame(
      merged.filter(pair => pair !== knownMerge),
      [],
    )
  })

  t.test(`answers ${place} that look different and mean the same share a vote`, async t => {
    const bare = equal.filter(pair => place === 'on their own' || !pair.some(form => reply.test(form)))
    const missed = bare.filter(pair => !shared(...pair)).map(pair => pair.join(' ~ '))
    const known = [...missesAnywhere, ...(missesIn[place] ?? [])]
    t.strictSame(missed.toSorted(), known.toSorted())
  })
}

function pairsOf(
  tables: readonly Readonly<Record<string, readonly string[]>>[],
  separator: string,
): (readonly [string, string])[] {
  const rows = tables.flatMap(table => Object.values(table).flat()).map(row => row.split(separator))
  return rows.flatMap(row => row.flatMap((one, at) => row.slice(at + 1).map(other => [one, other] as const)))
}
