import t from 'tap'
import type { Test } from 'tap'
import { eventStream } from '../fake-messages.ts'
import { json } from '../fake-provider.ts'
import type { Action } from '../fake-provider.ts'
import { tellAll } from './told.ts'
import type { Told } from './told.ts'

const head = { id: 'c', created: 1, model: 'm' }
const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }

function chunk(delta: object, finish: string | null = null, more: object = {}): string {
  const choices = [{ index: 0, delta, finish_reason: finish }]
  return event({ ...head, object: 'chat.completion.chunk', choices, ...more })
}

function event(data: object): string {
  return `data: ${JSON.stringify(data)}\n\n`
}

function stream(...events: readonly string[]): Action {
  return eventStream(chunk({ role: 'assistant' }), ...events, 'data: [DONE]\n\n')
}

function whole(message: object, more: object = {}): Action {
  const choices = [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: 'stop' }]
  return json({ ...head, object: 'chat.completion', choices, usage, ...more })
}

const call = (args: string, more: object = {}) => ({
  tool_calls: [{ index: 0, function: { arguments: args }, ...more }],
})
const begin = (args: string) =>
  call(args, { id: 'call_1', type: 'function', function: { name: 'f', arguments: args } })

/** Each client is told this, whole or streamed. */
async function expect(t: Test, action: Action, isStream: boolean, expected: Partial<Told>): Promise<void> {
  for (const told of await tellAll(t, action, isStream)) t.match(told, expected)
}

// https://github.com/BerriAI/litellm/issues/20246
t.test('thinking is told under each of the names that services have for it', async t => {
  const detail = (text: string) => ({ type: 'reasoning.text', index: 0, text })
  const names = [
    { reasoning: 'Hm' },
    { reasoning_text: 'Hm' },
    { thinking: 'Hm' },
    { reasoning_details: [detail('Hm')] },
    { reasoning: 'Hm', reasoning_details: [detail('Hm')] },
    { reasoning_details: [{ type: 'reasoning.summary', index: 0, summary: 'Hm' }] },
  ]
  for (const name of names) {
    const streamed = stream(chunk(name), chunk({ content: 'Hello' }, 'stop', { usage }))
    for (const [action, isStream] of [
      [whole({ content: 'Hello', ...name }), false],
      [streamed, true],
    ] as const) {
      const [, ...translated] = await tellAll(t, action, isStream)
      for (const told of translated) t.match(told, { thinking: /^Hm$/, text: 'Hello' }, JSON.stringify(name))
    }
  }
})

// https://github.com/vercel/ai/pull/12425, https://github.com/UKGovernmentBEIS/inspect_ai/issues/5528
t.test('tokens of thoughts that only the total has are tokens of the answer', async t => {
  const apart = { ...usage, total_tokens: 115 }
  for (const counted of [{ ...apart, completion_tokens_details: { reasoning_tokens: 100 } }, apart]) {
    await expect(t, whole({ content: 'Hello' }, { usage: counted }), false, { tokens: [10, 105] })
    const streamed = stream(chunk({ content: 'Hello' }, 'stop', { usage: counted }))
    await expect(t, streamed, true, { tokens: [10, 105] })
  }
})

t.test('usage and errors of Groq are read in their own field', async t => {
  const counted = stream(
    chunk({ content: 'Hello' }, null, { x_groq: { id: 'req_1' } }),
    chunk({}, 'stop', { x_groq: { id: 'req_1', usage: { ...usage, queue_time: 0.1 } } }),
  )
  await expect(t, counted, true, { text: 'Hello', tokens: [10, 5] })
  const failed = stream(
    chunk({ content: 'Hel' }),
    chunk({}, null, { x_groq: { id: 'req_1', error: 'over_capacity' } }),
  )
  for (const told of await tellAll(t, failed, true)) t.match(told, /over_capacity/)
})

// https://github.com/archestra-ai/archestra/pull/2527
t.test('an error of MiniMax is one, whatever its status', async t => {
  const error = json({ choices: null, base_resp: { status_code: 2013, status_msg: 'invalid params' } })
  for (const isStream of [false, true])
    for (const told of await tellAll(t, error, isStream)) t.match(told, /invalid params/)
  const fine = whole({ content: 'Hello' }, { base_resp: { status_code: 0, status_msg: '' } })
  await expect(t, fine, false, { text: 'Hello' })
})

// https://github.com/ericc-ch/copilot-api
t.test('calls in choices of their own belong to the only choice that was asked for', async t => {
  const made = (a: number) => ({
    id: `c${a}`,
    type: 'function',
    function: { name: 'f', arguments: `{"a":${a}}` },
  })
  const choices = [
    { index: 0, message: { role: 'assistant', content: 'Let me look' }, finish_reason: 'tool_calls' },
    { index: 1, message: { content: null, tool_calls: [made(1)] }, finish_reason: 'tool_calls' },
    { message: { tool_calls: [made(2)] }, finish_reason: 'tool_calls' },
  ]
  await expect(t, whole({}, { choices }), false, { text: 'Let me look', calls: ['f({"a":1})', 'f({"a":2})'] })
  // https://github.com/aaif-goose/goose/pull/6369
  const behind = [choices[1], choices[0]]
  await expect(t, whole({}, { choices: behind }), false, { text: 'Let me look', calls: ['f({"a":1})'] })
  const others = [...choices.slice(0, 1), { index: 1, message: { content: 'Or', tool_calls: [made(1)] } }]
  await expect(t, whole({}, { choices: others }), false, { text: 'Let me look', calls: [] })
})

t.test('arguments that a service repeats, or begins with a placeholder, are those of one call', async t => {
  const end = chunk({}, 'tool_calls', { usage })
  const again = stream(chunk(begin('{"a"')), chunk(call(':1}')), chunk(call('{"a":1}')), end)
  await expect(t, again, true, { calls: ['f({"a":1})'] })
  const placeholder = stream(chunk(begin('{}')), chunk(call('{"a":')), chunk(call('1}')), end)
  await expect(t, placeholder, true, { calls: ['f({"a":1})'] })
  await expect(t, stream(chunk(begin('{}')), end), true, { calls: ['f({})'] })
})

t.test('pieces of one call may each have an id of their own', async t => {
  const pieces = stream(
    chunk(begin('')),
    chunk(call('{"a":', { id: 'call_2' })),
    chunk(call('1}', { id: 'call_3' })),
    chunk({}, 'tool_calls', { usage }),
  )
  await expect(t, pieces, true, { calls: ['f({"a":1})'] })
})

// https://github.com/MiniMax-AI/MiniMax-M2.5/issues/2
t.test(
  'a whole message at the end of a stream repeats it, and is all of a stream without deltas',
  async t => {
    const message = { role: 'assistant', content: 'Hello' }
    const end = {
      ...head,
      object: 'chat.completion',
      choices: [{ index: 0, message, finish_reason: 'stop' }],
    }
    const empty = { total_tokens: 0, total_characters: 0 }
    const repeated = stream(
      chunk({ role: '', reasoning_content: '' }, null, { usage: empty }),
      chunk({ content: 'Hello' }, null, { usage: empty }),
      event({ ...end, usage }),
    )
    await expect(t, repeated, true, { text: 'Hello', tokens: [10, 5] })
    const alone = eventStream(event({ ...end, usage }), 'data: [DONE]\n\n')
    await expect(t, alone, true, { text: 'Hello', tokens: [10, 5] })
  },
)

t.test('messages and texts in place of deltas are told', async t => {
  for (const piece of [(content: string) => ({ message: { content } }), (text: string) => ({ text })]) {
    const sent = ['Hel', 'lo'].map((text, at) => ({
      ...head,
      object: 'chat.completion.chunk',
      choices: [{ index: 0, ...piece(text), finish_reason: at === 1 ? 'stop' : null }],
    }))
    await expect(t, stream(...sent.map(event), event({ ...head, choices: [], usage })), true, {
      text: 'Hello',
    })
  }
  const completion = { ...head, object: 'text_completion', usage }
  await expect(t, json({ ...completion, choices: [{ text: 'Hello', finish_reason: 'stop' }] }), false, {
    text: 'Hello',
  })
})

// https://github.com/open-webui/open-webui/pull/29860
t.test(
  'thinking whose blocks come in pieces, and again as a whole with the signature, is told once',
  async t => {
    const piece = (thinking: string) => ({
      reasoning_content: thinking,
      thinking_blocks: [{ type: 'thinking', thinking }],
    })
    const signed = {
      reasoning_content: '',
      thinking_blocks: [{ type: 'thinking', thinking: 'HaHa Hm', signature: 'sig' }],
    }
    const pieces = ['Ha', 'Ha', ' Hm'].map(text => chunk(piece(text)))
    const streamed = stream(...pieces, chunk(signed), chunk({ content: 'Hello' }), chunk({}, 'stop'))
    const [, ...translated] = await tellAll(t, streamed, true)
    for (const told of translated) t.match(told, { thinking: /^HaHa Hm$/, text: 'Hello' })
  },
)

// https://github.com/sandbaseai/sandbase-harness/issues/219
t.test('a call whose pieces have an empty type, or none, is a function', async t => {
  for (const type of [{ type: '' }, { type: null }, {}]) {
    const begun = call('', { id: 'call_1', function: { name: 'f', arguments: '' }, ...type })
    await expect(t, stream(chunk(begun), chunk(call('{"a":1}', type)), chunk({}, 'tool_calls')), true, {
      calls: ['f({"a":1})'],
    })
  }
})

// Such texts, a few dozen of them, end the process on Node 26.10 if they are parsed.
t.test('an answer that is nested deeply and broken is a failure of its provider', async t => {
  const deep = `${'[1,'.repeat(12_000)}the answer`
  const answers = [json(deep), eventStream(`data: ${deep}\n\n`, `data: ${deep}\n\n`)]
  for (let round = 0; round < 6; round++)
    for (const action of answers)
      for (const isStream of [false, true])
        for (const told of await tellAll(t, action, isStream)) if (round === 0) t.match(told, /upstream|JSON/)
})
