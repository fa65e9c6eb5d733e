import fc from 'fast-check'
import t from 'tap'
import { AnswerSoFar } from '../../../src/attempt/recovery/answer-so-far.ts'
import { VerifiedRestart } from '../../../src/attempt/recovery/verified-restart.ts'
import type { Chunk } from '../../../src/contract/index.ts'

const head = { id: 'first', model: 'm', created: 1 }

function chunkOf(content: string, index: number, finish: string | null = null): Chunk {
  const choices = [{ index, delta: { content }, finish_reason: finish }]
  return { ...head, id: 'other', object: 'chat.completion.chunk', choices }
}

/** Splits a text at any UTF-16 unit, also within a surrogate pair. */
function split(text: string, cuts: readonly number[]): string[] {
  const places = [...cuts.map(cut => cut % (text.length + 1)), text.length].toSorted((a, b) => a - b)
  return places.map((place, at) => text.slice(places[at - 1] ?? 0, place))
}

const text = fc.string({ unit: 'grapheme', maxLength: 30 })
const cuts = fc.array(fc.nat(40), { maxLength: 6 })

t.test('whatever another answer is, the client sees one answer, or a broken stream', async t => {
  let whole = 0
  let broken = 0
  fc.assert(
    fc.property(
      text,
      text,
      fc.boolean(),
      fc.nat(60),
      cuts,
      fc.nat(2),
      (one, two, same, at, places, index) => {
        const shown = one.slice(0, at % (one.length + 1))
        const other = same ? shown + two : two
        const answer = new AnswerSoFar()
        for (const piece of split(shown, places)) answer.add(chunkOf(piece, index))
        const restart = new VerifiedRestart(head, answer)
        const pieces = split(other, places).map(piece => chunkOf(piece, index))
        let departed = false
        for (const chunk of [...pieces, chunkOf('', index, 'stop')]) {
          const fitted = restart.add(chunk)
          if (fitted === 'departed') {
            departed = true
            break
          }
          if (fitted) answer.add(fitted)
        }
        const { content, finish } = answer.choices.get(index)!
        if (departed) broken++
        else whole++
        return departed
          ? content === shown && finish === null && !other.startsWith(shown)
          : content === other && finish === 'stop' && other.startsWith(shown)
      },
    ),
    { numRuns: 1000 },
  )
  t.ok(whole > 0)
  t.ok(broken > 0)
})
