import t from 'tap'
import { eventStream } from '../fake-messages.ts'
import { chunksOf } from './chunks-of.ts'

const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }
const done = 'data: [DONE]\n\n'

function event(fields: object): string {
  const head = { id: 'c', object: 'chat.completion.chunk', created: 1_755_000_000, model: 'm' }
  return `data: ${JSON.stringify({ ...head, ...fields })}\n\n`
}

function chunk(delta: object, finish: string | null = null, index = 0): string {
  return event({ choices: [{ index, delta, finish_reason: finish }] })
}

const counted = event({ choices: [], usage })

// https://github.com/su-kaka/gcli2api/issues/403, https://github.com/open-webui/open-webui/issues/16377
t.test('a finish reason in each chunk is told once, behind all of the answer', async t => {
  const pieces = [
    chunk({ role: 'assistant', reasoning_content: 'Hm' }, 'stop'),
    chunk({ content: 'Hello' }, 'stop'),
    chunk({
      tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'f', arguments: '{"a"' } }],
    }),
    chunk({ tool_calls: [{ index: 0, function: { arguments: ':1}' } }] }, 'stop'),
  ]
  const ends = [[done], [counted, done], [chunk({}, 'stop'), counted, done], []]
  for (const end of ends) {
    const { data, text } = await chunksOf(t, eventStream(...pieces, ...end))
    const choices = data.flatMap(({ choices }) => choices)
    const reasons = choices.map(({ finish_reason: reason }) => reason)
    t.same(reasons, [null, null, null, null, 'tool_calls'])
    t.same(choices.at(-1)?.delta, {})
    t.match(text, /data: \[DONE\]\n\n$/)
  }
})

t.test('the reason that comes with the last piece of a choice is told before usage', async t => {
  const pieces = [
    chunk({ content: 'Hel' }),
    chunk({ content: 'Bye' }, 'length', 1),
    chunk({ content: 'lo' }, 'stop'),
  ]
  const { data } = await chunksOf(t, eventStream(...pieces, counted, done), {
    n: 2,
    stream_options: { include_usage: true },
  })
  t.match(data, [
    { choices: [{ index: 0, delta: { content: 'Hel' }, finish_reason: null }] },
    { choices: [{ index: 1, delta: { content: 'Bye' }, finish_reason: null }] },
    { choices: [{ index: 0, delta: { content: 'lo' }, finish_reason: null }] },
    {
      choices: [
        { index: 1, finish_reason: 'length' },
        { index: 0, finish_reason: 'stop' },
      ],
    },
    { choices: [], usage },
  ])
  t.equal(data.length, 5)
})

t.test('a call that is cut off by the maximum length stays as it is', async t => {
  const cut = { index: 0, id: 'call_1', type: 'function', function: { name: 'f', arguments: '{"a":"x' } }
  const { data } = await chunksOf(t, eventStream(chunk({ tool_calls: [cut] }, 'length'), done))
  const [piece, end, ...others] = data.flatMap(({ choices }) => choices)
  t.match(piece, { delta: { tool_calls: [{ function: { arguments: '{"a":"x' } }] }, finish_reason: null })
  t.match(end, { delta: {}, finish_reason: 'length' })
  t.same(others, [])
})

t.test('a call without a name is unreadable, also if its piece ends the choice', async t => {
  const nameless = { index: 0, id: 'call_1', type: 'function', function: { arguments: '{}' } }
  const { status } = await chunksOf(t, eventStream(chunk({ tool_calls: [nameless] }, 'stop'), done))
  t.equal(status, 502)
})
