import t from 'tap'
import { createEventParser } from '../../src/http/event-parser.ts'

const maxLength = 1000

/** Pieces of which an event may consist for ever. */
const endless = ['data:\n', 'data: x\n', 'data: ', 'data: x\r', 'id: 1\n', 'event: x\n', 'retry: 1\n', 'x']

for (const piece of endless) {
  t.test(`an event of too many characters fails, whatever they are: ${JSON.stringify(piece)}`, async t => {
    const { feed } = createEventParser(() => t.fail('no event ends'), maxLength)
    const feedAll = () => {
      for (let length = 0; length <= maxLength; length += piece.length) feed(piece)
    }
    t.throws(feedAll, { code: 'upstream_too_large' })
  })
}

t.test('comments of any length may come before an event, and make no room within it', async t => {
  const datas: string[] = []
  const { feed } = createEventParser(data => datas.push(data), maxLength)
  for (let index = 0; index < 100; index += 1) feed(`: ${'.'.repeat(500)}\n\n:\n`)
  feed('data: x\n\n')
  t.same(datas, ['x'])
  const line = 'data:\n:\n:\n:\n'
  t.throws(
    () => {
      for (let index = 0; index <= maxLength / 'data:\n'.length; index += 1) feed(line)
    },
    { code: 'upstream_too_large' },
  )
})

t.test('events that end may be any number', async t => {
  let count = 0
  const { feed } = createEventParser(() => (count += 1), maxLength)
  const event = `event: x\n: a comment\ndata: ${'x'.repeat(600)}\ndata:\n\n`
  for (let index = 0; index < 20; index += 1) feed(event)
  t.equal(count, 20)
})
