import t from 'tap'
import { bestAnswer } from '../../../../approaches/lib/search/best-answer.ts'
import { sample } from '../../../../src/plugin.ts'
import type { Candidate } from '../../../../src/plugin.ts'
import { contextOf, requestOf } from '../../model.ts'
import type { Scripted } from '../../model.ts'

/** Candidates of separate draws, each with a score. */
async function itemsOf(...drawn: readonly (readonly [Scripted, number])[]) {
  const items: { readonly candidate: Candidate; readonly score: number }[] = []
  for (const [text, score] of drawn) {
    const [candidate] = await sample(
      contextOf(() => text),
      requestOf('q'),
      1,
    )
    items.push({ candidate, score })
  }
  return items
}

t.test('refusals of separate draws do not outvote an answer, but count if all refuse', async t => {
  const refusal = 'Lo siento, pero no puedo ayudar con eso.'
  for (const form of [refusal, [{ content: null, refusal }]]) {
    const mixed = await itemsOf([form, 0.5], [form, 0.5], ['42', 0.5])
    t.equal(bestAnswer(mixed, ({ score }) => score)?.candidate.text, '42')
  }
  const refusing = await itemsOf([refusal, 0.4], [refusal, 0.5])
  t.equal(
    bestAnswer(refusing, ({ score }) => score),
    refusing[1],
  )
})
