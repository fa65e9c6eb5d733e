import t from 'tap'
import { split, tokensOf, withoutDelimiter } from '../../../approaches/longcepo/split.ts'
import { textOf } from '../../../src/chat/completion.ts'
import { image } from '../model.ts'

const end = '<CONTEXT_END>'
const long = Array.from({ length: 800 }, (_, at) => `Line ${at} of the text.`).join('\n')

t.test('takes the text before the delimiter, and leaves the question', async t => {
  const { context, messages } = split([{ role: 'user', content: `short text ${end} why?` }], end, 1000)
  t.equal(context, 'short text')
  t.match(messages, [{ role: 'user', content: /^\[.* 3 tokens .*\]\n\nwhy\?$/ }])
})

t.test('uses the last delimiter', async t => {
  const text = `It ends in ${end}, they say.`
  t.equal(split([{ role: 'user', content: `${text}${end}why?` }], end, 1000).context, text)
})

t.test(
  'keeps the beginning and the end of a long text without a delimiter, or with nothing after it',
  async t => {
    for (const [content, delimiter] of [
      [long, end],
      [`${long}${end}\n`, end],
      [long, ''],
    ] as const) {
      const { context, messages } = split([{ role: 'user', content }], delimiter, 1000)
      t.equal(context, long)
      t.match(messages, [
        { content: /^Line 0 [^]*\.\.\. a text of about \d+ tokens [^]*Line 799 of the text\.$/ },
      ])
      t.ok(tokensOf(messages) < 900)
    }
  },
)

t.test('takes the long texts of earlier turns and tools, never those of the system or the model', async t => {
  const turns = [
    { role: 'system', content: long },
    { role: 'user', content: `${long}\n1` },
    { role: 'assistant', content: long },
    { role: 'tool', tool_call_id: 'call_1', content: `${long}\n2` },
    { role: 'user', content: 'why?' },
  ]
  const { context, messages } = split(turns, end, 1000)
  t.equal(context, `${long}\n1\n\n${long}\n2`)
  t.same(
    [0, 2, 4].map(at => messages[at]),
    [turns[0], turns[2], turns[4]],
  )
  t.match(messages[3], { role: 'tool', tool_call_id: 'call_1' })
})

t.test('keeps other parts of a message in their positions', async t => {
  const content = [
    image,
    { type: 'text', text: long, extra: 1 },
    image,
    { type: 'text', text: ` ${end} why?` },
  ]
  const { context, messages } = split([{ role: 'user', name: 'ann', content }], end, 1000)
  t.equal(context, long)
  t.match(messages, [{ name: 'ann', content: [image, { type: 'text', text: /why\?$/, extra: 1 }, image] }])
  t.equal(messages[0]?.content?.length, 3)
})

t.test('leaves a short conversation unchanged', async t => {
  const messages = [{ role: 'user', content: 'why?' }, { role: 'assistant', content: null }, { role: 'user' }]
  t.same(split(messages, end, 1000), { context: '', messages })
  t.same(split([], end, 1000), { context: '', messages: [] })
})

t.test('removes the delimiter from a conversation that is passed on', async t => {
  const plain = [{ role: 'user', content: 'why?' }]
  t.equal(withoutDelimiter(plain, end), plain)
  t.same(withoutDelimiter([{ role: 'user', content: `text${end}why?` }], end), [
    { role: 'user', content: 'text\n\nwhy?' },
  ])
})

t.test('never splits a character', async t => {
  for (const text of ['😀'.repeat(4001), `x${'😀'.repeat(4000)}`]) {
    const { messages } = split([{ role: 'user', content: text }], end, 1000)
    t.ok(textOf(messages[0]).isWellFormed())
  }
})
