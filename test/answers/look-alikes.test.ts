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
/** Pairs of equal answers that do not share a vote yet. */
const knownMisses: readonly string[] = [
  'F = ma ~ F = a m',
  'U-235 ~ uranium-235',
  'm g h ~ ghm',
  'mgh ~ ghm',
  'uranium-235 ~ ^{235}U',
]

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
    const missed = equal.filter(pair => !shared(...pair)).map(pair => pair.join(' ~ '))
    if (place === 'on their own') t.strictSame(missed.toSorted(), knownMisses.toSorted())
    t.ok(missed.length < 0.05 * equal.length, missed.join('\n'))
  })
}

function pairsOf(
  tables: readonly Readonly<Record<string, readonly string[]>>[],
  separator: string,
): (readonly [string, string])[] {
  const rows = tables.flatMap(table => Object.values(table).flat()).map(row => row.split(separator))
  return rows.flatMap(row => row.flatMap((one, at) => row.slice(at + 1).map(other => [one, other] as const)))
}
