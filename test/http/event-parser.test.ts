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

const failure = '{"error":{"message":"quota gone"}}'

/** Streams, and the data that they tell. */
const errors: Readonly<Record<string, readonly [text: string, ...told: readonly string[]]>> = {
  'that breaks off an event': [
    `data: {"id":"c","obj\nevent: error\ndata: ${failure}\n\n`,
    '{"id":"c","obj',
    failure,
  ],
  'without a field for it': ['event: error\ndata: {"message":"gone"}\n\n', '{"error":{"message":"gone"}}'],
  'before the end in the same event': [
    'event: error\ndata: {"message":"gone"}\ndata: [DONE]\n\n',
    '{"error":{"message":"gone"}}',
    '[DONE]',
  ],
  'with a sign of life': [`event: error\n: keep-alive\ndata: ${failure}\n\n`, failure],
  'with a sign of life and other ends of lines': [
    `event: error\r\n: keep-alive\r\ndata: ${failure}\r\n\r\n`,
    failure,
  ],
  'in comments': ['event: error\n: quota\n: gone\n\ndata: [DONE]\n\n', '{"error":"quota\\ngone"}', '[DONE]'],
  'in comments after an event': [': hello\n\ndata: {}\n\nevent: error\n: gone\n\n', '{}', '{"error":"gone"}'],
  'twice in comments': [
    'event: error\r: one\r\revent: error\r: two\r\r: end\r\r',
    '{"error":"one"}',
    '{"error":"two"}',
  ],
}

for (const [which, [text, ...told]] of Object.entries(errors)) {
  t.test(`an error is told in its own words, in its turn and once: ${which}`, async t => {
    for (const length of [text.length, 7, 1]) {
      const datas: string[] = []
      const { feed } = createEventParser(data => datas.push(data))
      for (let at = 0; at < text.length; at += length) feed(text.slice(at, at + length))
      t.same(datas, told, `in pieces of ${length}`)
    }
  })
}
