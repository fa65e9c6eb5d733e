import t from 'tap'
import { withSealed } from '../../src/dialects/thinking.ts'
import { addDetails } from '../../src/chat/thoughts/reasoning-details.ts'

// A service may send a million pieces: copying the earlier ones for each would keep the server busy for hours.
t.test('sealed thoughts of a stream grow in place, and no piece is changed', async t => {
  const pieces = [
    { type: 'a', index: 0, text: 'one ', id: null },
    { type: 'a', index: 0, text: 'two', id: 'x' },
    { type: 'b', index: 0, data: 'd' },
    { type: 'b', data: 'e' },
  ].map(piece => Object.freeze(piece))
  const joined = [
    { type: 'a', index: 0, text: 'one two', id: 'x' },
    { type: 'b', index: 0, data: 'd' },
    { type: 'b', data: 'e' },
  ]
  const details: object[] = []
  for (const piece of pieces) {
    const [first] = details
    addDetails(details, [piece])
    if (first) t.equal(details[0], first)
  }
  t.strictSame(details, joined)

  let thoughts = withSealed({}, { reasoning_details: [pieces[0]], reasoning_items: [{ id: 'i' }] })
  const { reasoning_details: list, reasoning_items: items } = thoughts
  for (const piece of pieces.slice(1)) thoughts = withSealed(thoughts, { reasoning_details: [piece] })
  thoughts = withSealed(thoughts, { reasoning_items: [{ id: 'j' }] })
  t.equal(thoughts.reasoning_details, list)
  t.equal(thoughts.reasoning_items, items)
  t.strictSame(list, joined)
  t.strictSame(items, [{ id: 'i' }, { id: 'j' }])
})
