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
const functionCall = { index: 0, id: 'call_1', type: 'function' }

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

// https://github.com/1jehuang/jcode/issues/1326, https://github.com/open-webui/open-webui/issues/23921
t.test('a finish reason alone is told behind all of the answer, wherever it comes', async t => {
  const end = chunk({}, 'stop')
  const called = { index: 0, id: 'call_1', type: 'function' }
  const pieces = [
    chunk({ role: 'assistant', content: '' }, 'stop'),
    chunk({ content: 'Hel' }),
    end,
    chunk({ content: 'lo' }),
    end,
    end,
    chunk({ tool_calls: [{ ...called, function: { name: 'f', arguments: '' } }] }),
    end,
    chunk({ tool_calls: [{ index: 0, function: { arguments: '{"a":1}' } }] }),
  ]
  for (const ending of [
    [end, done],
    [end, counted, done],
    [end, counted, end, done],
    [counted, done],
    [end],
  ]) {
    const { data, text } = await chunksOf(t, eventStream(...pieces, ...ending), {
      stream_options: { include_usage: true },
    })
    const choices = data.flatMap(({ choices }) => choices)
    const reasons = choices.map(({ finish_reason: reason }) => reason)
    t.same(
      reasons.filter(reason => reason !== null),
      ['tool_calls'],
    )
    t.equal(reasons.at(-1), 'tool_calls')
    t.equal(choices.map(({ delta }) => delta.content ?? '').join(''), 'Hello')
    const args = choices.map(({ delta }) => delta.tool_calls?.[0]?.function?.arguments ?? '')
    t.equal(args.join(''), '{"a":1}')
    t.match(choices[0], { delta: { role: 'assistant' } })
    t.match(data.at(-1), { choices: [], usage: { total_tokens: Number } })
    t.match(text, /data: \[DONE\]\n\n$/)
  }
})

t.test('the chunk of the finish reason keeps what else it has, and its bytes', async t => {
  const timings = { predicted_ms: 12.5 }
  const last = event({
    choices: [{ index: 0, delta: {}, finish_reason: 'stop', stop_reason: 7 }],
    timings,
    usage,
  })
  const begun = chunk({ role: 'assistant', content: 'Hi' })
  const { text } = await chunksOf(t, eventStream(begun, last, done), {
    stream_options: { include_usage: true },
  })
  t.ok(text.includes(last.replace('}}', ',"completion_tokens_details":{"reasoning_tokens":0}}}')))
  const repeated = [begun, last, chunk({ content: '!' }), last, done]
  const { data } = await chunksOf(t, eventStream(...repeated), { stream_options: { include_usage: true } })
  const ends = data.filter(({ choices }) => choices[0]?.delta.content === undefined)
  const of = (finish_reason: string | null) => ({
    choices: [{ finish_reason, stop_reason: 7 }],
    timings,
    usage,
  })
  t.match(ends, [of(null), of('stop')])
  t.equal(ends.length, 2)
})

t.test('each of several choices has its own reason, at the end of the stream', async t => {
  const pieces = [
    chunk({ role: 'assistant', content: 'A' }),
    chunk({}, 'length'),
    chunk({ role: 'assistant', content: 'B' }, null, 1),
    chunk({}, 'stop', 1),
  ]
  const { data } = await chunksOf(t, eventStream(...pieces, done), { n: 2 })
  t.match(
    data.flatMap(({ choices }) => choices),
    [
      { index: 0, delta: { content: 'A' }, finish_reason: null },
      { index: 1, delta: { content: 'B' }, finish_reason: null },
      { index: 0, finish_reason: 'length' },
      { index: 1, finish_reason: 'stop' },
    ],
  )
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

// https://github.com/earendil-works/pi/pull/7441
t.test('usage alone, behind the answer, ends a stream that ends without a word', async t => {
  const hello = [chunk({ role: 'assistant', content: 'Hel' }), chunk({ content: 'lo' })]
  const asked = { stream_options: { include_usage: true } }
  const { data, text } = await chunksOf(t, eventStream(...hello, counted), asked)
  t.match(data.flatMap(({ choices }) => choices).at(-1), { delta: {}, finish_reason: 'stop' })
  t.match(data.at(-1), { choices: [], usage })
  t.match(text, /data: \[DONE\]\n\n$/)
  const called = (args: string) =>
    chunk({ tool_calls: [{ ...functionCall, function: { name: 'f', arguments: args } }] })
  const legacy = (args: string) => chunk({ function_call: { name: 'f', arguments: args } })
  const custom = { index: 0, id: 'call_1', type: 'custom', custom: { name: 'f', input: '*** Begin' } }
  for (const [events, reason] of [
    [[called('{"a":1}')], 'tool_calls'],
    [[called('{}')], 'tool_calls'],
    [[called('null')], 'tool_calls'],
    [[called('')], 'tool_calls'],
    [[called(''), called(' ')], 'tool_calls'],
    [[called(String.raw`"{\"a\":1}"`)], 'tool_calls'],
    [[legacy('{"a":1}')], 'function_call'],
    [[legacy('')], 'function_call'],
  ] as const) {
    const whole = await chunksOf(t, eventStream(...events, counted))
    t.equal(whole.data.at(-1)?.choices[0]?.finish_reason, reason)
  }
  const broken = [
    hello,
    [counted, ...hello],
    [hello[0]!, counted, hello[1]!],
    [hello[0]!, counted, hello[1]!, counted],
    [event({ choices: [{ index: 0, delta: { content: 'Hello' }, finish_reason: null }], usage })],
    ...['{"a":', String.raw`"{\"a\":`, '[1,', 'nul'].map(args => [called(args), counted]),
    [legacy('{"a":'), counted],
    [chunk({ tool_calls: [custom] }), counted],
  ]
  for (const events of broken) await t.rejects(chunksOf(t, eventStream(...events)))
})
