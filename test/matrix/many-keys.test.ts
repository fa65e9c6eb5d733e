import t from 'tap'
import { json, body } from '../fake-provider.ts'
import { WorkCounter } from '../work.ts'
import { serve } from './serve.ts'

/**
 * Keys as somebody would choose them to collide in tables of hashes: numbers that are the same in their low bits, texts of one
 * length, and names that every object inherits, or nearly.
 */
const sorts: readonly ((index: number) => string)[] = [
  index => String(16 + index * 16_384),
  index => `k${String(index).padStart(9, '0')}`,
  index => `${['__proto_', 'constructor', 'toString', 'hasOwnProperty'][index % 4]}${index}`,
]

/** The number of keys in a request or an answer. */
const all = 20_000
/** The most that our code may do for each, in runs of its blocks: a clock takes no part in it. */
const most = 150

/** An object with so many keys, of each sort a third. */
function keys(count: number): Record<string, number> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [sorts[index % sorts.length]!(index), index]),
  )
}

const few = keys(all / 4)
const many = keys(all)
const texts = Object.fromEntries(Object.keys(few).map(key => [key, 'x']))
const prompt = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] }
const schema = { type: 'object', properties: few }
const call = { type: 'tool_use', id: 'c', name: 'f', input: few }
const result = { type: 'tool_result', tool_use_id: 'c', content: 'x' }

const requests: Readonly<Record<string, readonly [path: string, body: object, status: 200 | 400]>> = {
  'a chat': [
    'chat/completions',
    {
      model: 'm',
      messages: [{ role: 'user', content: 'Hi', ...few }],
      logit_bias: few,
      response_format: { type: 'json_schema', json_schema: { name: 'a', strict: true, schema } },
      ...few,
    },
    200,
  ],
  // No step has such params.
  'params of steps': ['chat/completions', { ...prompt, hulumanage_params: many }, 400],
  'params of a step': [
    'chat/completions',
    { ...prompt, model: 'bon-m', hulumanage_params: { bon: many } },
    400,
  ],
  'a completion': ['completions', { model: 'm', prompt: 'Hi', ...many }, 200],
  'a response': ['responses', { model: 'm', input: 'Hi', metadata: texts, ...keys(all * 0.75) }, 200],
  Messages: [
    'messages',
    {
      model: 'm',
      max_tokens: 9,
      messages: [
        ...prompt.messages,
        { role: 'assistant', content: [call] },
        { role: 'user', content: [result] },
      ],
      ...keys(all * 0.75),
    },
    200,
  ],
}

for (const [name, [path, sent, status]] of Object.entries(requests)) {
  t.test(`keys that a client chooses cost work in proportion to their number: ${name}`, async t => {
    const server = await serve(t, [undefined], { config: { monitoring: { log_level: 'info' } } })
    const work = await workOf(async () => {
      t.match(await server.client.post(`/v1/${path}`, sent), { status })
    })
    t.ok(work < most * all, `${work} runs`)
  })
}

const head = { id: 'c', created: 1, model: 'm' }
const said = { role: 'assistant', content: 'x', ...few }
const ended = { index: 0, finish_reason: 'stop', ...few }
const beside = { usage: { prompt_tokens: 1, completion_tokens: 1, ...few }, ...few }
const piece = {
  ...head,
  ...beside,
  object: 'chat.completion.chunk',
  choices: [{ ...ended, delta: said }],
}

const answers = {
  'an answer': json({
    ...head,
    ...beside,
    object: 'chat.completion',
    choices: [{ ...ended, message: said }],
  }),
  'a stream': body(`data: ${JSON.stringify(piece)}\n\ndata: [DONE]\n\n`, {
    headers: { 'content-type': 'text/event-stream' },
  }),
}

for (const [name, script] of Object.entries(answers)) {
  t.test(`keys that a provider chooses cost work in proportion to their number: ${name}`, async t => {
    const server = await serve(t, [script], { config: { monitoring: { log_level: 'info' } } })
    for (const path of ['chat/completions', 'messages', 'responses']) {
      const asked = path === 'responses' ? { model: 'm', input: 'Hi' } : { ...prompt, max_tokens: 9 }
      const stream = name === 'a stream'
      const work = await workOf(async () => {
        t.match(await server.client.post(`/v1/${path}`, { ...asked, stream }), { status: 200 })
      })
      t.ok(work < most * all, `${path}: ${work} runs`)
    }
  })
}

async function workOf(work: () => Promise<void>): Promise<number> {
  const counter = await WorkCounter.start()
  try {
    return await counter.of(work)
  } finally {
    counter.stop()
  }
}
