import fc from 'fast-check'
import t from 'tap'
import { argumentsOf } from '../../../src/chat/read/tool-calls.ts'
import { StreamedArguments } from '../../../src/providers/answers/streamed-arguments.ts'

const object = fc.dictionary(fc.string({ maxLength: 4 }), fc.jsonValue({ maxDepth: 1 }))
const space = fc.constantFrom('', ' ', '\n ')
const said = fc.oneof(
  fc.constant('null'),
  fc.constant(''),
  object.map(value => JSON.stringify(value)),
  object.map(value => JSON.stringify(JSON.stringify(value))),
  fc.constantFrom('nu', 'nul', 'nullable', '"half', '"a text"'),
)
const sent = fc.tuple(space, said, space).map(parts => parts.join(''))

function piecesOf(text: string, cuts: readonly number[]): string[] {
  const places = [0, ...cuts.map(cut => cut % (text.length + 1)).toSorted((a, b) => a - b), text.length]
  return places.slice(1).map((end, at) => text.slice(places[at], end))
}

t.test('arguments in any pieces are those of a whole call', async () => {
  fc.assert(
    fc.property(sent, fc.array(fc.nat(40), { maxLength: 6 }), (text, cuts) => {
      const streamed = new StreamedArguments()
      const passed = piecesOf(text, cuts).map(piece => streamed.add(piece))
      const told = passed.join('') + streamed.end()
      return told.trim() === argumentsOf(text).trim() && streamed.end() === ''
    }),
  )
})

t.test('truncated arguments pass on all that arrived except null', async t => {
  const toldOf = (...pieces: readonly string[]) => {
    const streamed = new StreamedArguments()
    return pieces.map(piece => streamed.add(piece)).join('') + streamed.cut()
  }
  t.equal(toldOf('nu'), 'nu')
  t.equal(toldOf('"{', '\\"a'), '"{\\"a')
  t.equal(toldOf('{"a"', ':1'), '{"a":1')
  t.equal(toldOf('nu', 'll'), '')
  t.equal(toldOf('null', '{}'), '{}', 'an object after null is all there is')
})

t.test('arguments that come after their end, and are the same, are left out', async t => {
  const streamed = new StreamedArguments()
  t.equal(streamed.add(''), '')
  t.equal(streamed.end(), '{}')
  t.equal(streamed.add('{}'), '')
})

// Were all blanks looked at for each piece, this would take many minutes.
t.test('the time for blanks behind a placeholder is linear', async t => {
  const streamed = new StreamedArguments()
  streamed.add('{}')
  for (let added = 0; added < 300_000; added++) streamed.add('  ')
  t.equal(streamed.end(), '{}')
})
