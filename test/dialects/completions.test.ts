import t from 'tap'
import { configSchema } from '../../src/config/schema.ts'
import { HulumanageError } from '../../src/contract/index.ts'
import { completions } from '../../src/dialects/completions.ts'

const limits = configSchema.parse({}).limits

function read(body: object) {
  return completions.read(body, { aliases: new Set(), limits, defaultModel: undefined })
}

function paramOfRefusal(body: object): string | undefined {
  try {
    read({ model: 'm', ...body })
  } catch (error) {
    if (error instanceof HulumanageError) return error.param
    throw error
  }
  throw new Error('the body was accepted')
}

t.test('a prompt becomes one user message, other fields stay', async t => {
  const { requests } = read({
    model: 'm',
    prompt: 'Say hi',
    max_tokens: 5,
    echo: false,
    best_of: 1,
    top_k: 3,
  })
  t.equal(requests.length, 1)
  t.strictSame(requests[0].request, {
    model: 'm',
    max_tokens: 5,
    top_k: 3,
    messages: [{ role: 'user', content: 'Say hi' }],
  })
})

t.test('each prompt of a list becomes its own request', async t => {
  const { requests } = read({ model: 'm', prompt: ['a', 'b'], hulumanage_approach: 'bon' })
  t.strictSame(
    requests.map(({ request }) => request.messages[0]?.content),
    ['a', 'b'],
  )
  t.strictSame(
    requests.map(({ own }) => own.approach),
    ['bon', 'bon'],
  )
})

t.test('fields that a chat cannot express are refused by name', async t => {
  t.equal(paramOfRefusal({}), 'prompt')
  t.equal(paramOfRefusal({ prompt: [] }), 'prompt')
  t.equal(paramOfRefusal({ prompt: [1, 2] }), 'prompt')
  t.equal(paramOfRefusal({ prompt: [[1, 2]] }), 'prompt')
  t.equal(paramOfRefusal({ prompt: 'a', suffix: 'b' }), 'suffix')
  t.equal(paramOfRefusal({ prompt: 'a', logprobs: 1 }), 'logprobs')
  t.equal(paramOfRefusal({ prompt: 'a', best_of: 3, n: 2 }), 'best_of')
  t.equal(paramOfRefusal({ prompt: Array.from({ length: 17 }, () => 'a'), n: 16 }), 'prompt')
})

const head = { id: 'chatcmpl-1', object: 'x', created: 7, model: 'm' }

t.test('an answer becomes a text completion', async t => {
  const { encoder } = read({ model: 'm', prompt: 'q' })
  const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 }
  t.strictSame(
    encoder.completion({
      ...head,
      usage,
      choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
    }),
    {
      id: 'cmpl-1',
      object: 'text_completion',
      created: 7,
      model: 'm',
      choices: [{ text: 'Hi', index: 0, logprobs: null, finish_reason: 'stop' }],
      usage: { ...usage, completion_tokens_details: { reasoning_tokens: 0 } },
    },
  )
})

t.test('an id of the same format is kept, any other gets its own form', async t => {
  const { encoder } = read({ model: 'm', prompt: 'q' })
  for (const id of ['cmpl-1', 'chatcmpl-1', '1'])
    t.match(encoder.completion({ ...head, id, choices: [] }), { id: 'cmpl-1' })
})

t.test('echo puts the prompt before the text, only once in a stream', async t => {
  const { encoder } = read({ model: 'm', prompt: ['p', 'q'], n: 2, echo: true })
  const whole = encoder.completion({
    ...head,
    choices: [1, 2].map(index => ({
      index,
      message: { role: 'assistant', content: '!' },
      finish_reason: 'stop',
    })),
  })
  t.match(whole, { choices: [{ text: 'p!' }, { text: 'q!' }] })
  const chunk = { ...head, choices: [{ index: 3, delta: { content: 'x' } }] }
  t.match(encoder.chunk(chunk), [{ choices: [{ index: 3, text: 'qx' }] }])
  t.match(encoder.chunk(chunk), [{ choices: [{ index: 3, text: 'x' }] }])
})

t.test('a chunk without content is left out', async t => {
  const { encoder } = read({ model: 'm', prompt: 'q' })
  t.same(encoder.chunk({ ...head, choices: [{ index: 0, delta: { role: 'assistant', content: '' } }] }), [])
  t.match(encoder.chunk({ ...head, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }), [
    { choices: [{ text: '', finish_reason: 'stop' }] },
  ])
})
