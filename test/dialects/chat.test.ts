import t from 'tap'
import { configSchema } from '../../src/config/schema.ts'
import { HulumanageError } from '../../src/contract/index.ts'
import { chat } from '../../src/dialects/chat.ts'

const limits = configSchema.parse({}).limits
const bytes = Buffer.from('{}')
const messages = [{ role: 'user', content: 'Hi' }]

function read(
  body: unknown,
  { aliases = [] as string[], defaultModel = undefined as string | undefined } = {},
) {
  return chat.read(body, { bytes, aliases: new Set(aliases), limits, defaultModel })
}

function refused(body: unknown): { code: string; param: string | undefined; message: string } {
  try {
    read(body)
  } catch (error) {
    if (error instanceof HulumanageError) return error
    throw error
  }
  throw new Error('the body was accepted')
}

t.test('a body without our fields stays the same object, with its bytes', async t => {
  const body = { model: 'm', messages, unknown: { deep: [1] }, metadata: null }
  const { requests, stream, includeUsage } = read(body)
  t.equal(requests[0].request, body)
  t.equal(requests[0].source?.bytes, bytes)
  t.equal(requests[0].source?.dialect, 'chat')
  t.notOk(stream)
  t.notOk(includeUsage)
})

t.test('our fields are removed, and so are the original bytes', async t => {
  const { requests } = read({
    model: 'm',
    messages,
    hulumanage_approach: 'bon',
    proxy_wrap: 'moa',
    hulumanage_params: { bon: { n: 5 } },
    hulumanage_budget: { calls: 3 },
    hulumanage_progress: true,
    hulumanage_trace: true,
    user: 'u',
  })
  t.strictSame(requests[0].request, { model: 'm', messages, user: 'u' })
  t.equal(requests[0].source?.bytes, undefined)
  t.match(requests[0].own, {
    approach: 'bon',
    wrap: 'moa',
    params: { bon: { n: 5 } },
    budget: { calls: 3 },
    progress: true,
  })
})

t.test('a literal extra_body counts as the SDK would have merged it', async t => {
  const { requests } = read({
    model: 'm',
    messages,
    temperature: 1,
    extra_body: { hulumanage_approach: 'proxy', proxy_wrap: 'bon', temperature: 0, top_k: 5 },
  })
  t.equal(requests[0].own.approach, 'proxy')
  t.equal(requests[0].own.wrap, 'bon')
  t.strictSame(requests[0].request, { model: 'm', messages, temperature: 0, top_k: 5 })
})

t.test('of our own fields, the top level wins over extra_body', async t => {
  const { requests } = read({
    model: 'm',
    messages,
    hulumanage_approach: 'moa',
    extra_body: { hulumanage_approach: 'bon' },
  })
  t.equal(requests[0].own.approach, 'moa')
})

t.test('the names of OptiLLM work, and ours win over them', async t => {
  t.equal(read({ model: 'm', messages, optillm_approach: 'bon' }).requests[0].own.approach, 'bon')
  const both = read({ model: 'm', messages, optillm_approach: 'bon', hulumanage_approach: 'moa' })
  t.equal(both.requests[0].own.approach, 'moa')
  for (const field of ['proxy_wrap', 'wrap', 'wrapped_approach']) {
    t.equal(read({ model: 'm', messages, [field]: 'moa' }).requests[0].own.wrap, 'moa', field)
  }
})

t.test('aliases of params are removed only if a loaded step has them', async t => {
  const body = { model: 'm', messages, best_of_n: 3 }
  const { requests } = read(body, { aliases: ['best_of_n'] })
  t.strictSame(requests[0].own.aliases, { best_of_n: 3 })
  t.strictSame(requests[0].request, { model: 'm', messages })
  t.equal(read(body).requests[0].request, body)
})

t.test('an unknown field of ours is refused with the nearest name, never sent on', async t => {
  const error = refused({ model: 'm', messages, hulumanage_aproach: 'bon' })
  t.equal(error.param, 'hulumanage_aproach')
  t.match(error.message, /did you mean "hulumanage_approach"\?/)
})

t.test('the configured model replaces a missing one', async t => {
  const { requests } = read({ messages }, { defaultModel: 'default' })
  t.strictSame(requests[0].request, { messages, model: 'default' })
  t.equal(requests[0].source?.bytes, undefined)
  t.match(refused({ messages }), { code: 'invalid_value', param: 'model' })
})

t.test('a dialect does not limit the number of choices', async t => {
  t.equal(read({ model: 'm', messages, n: 1000 }).requests[0].request.n, 1000)
})

t.test('each invalid field is named', async t => {
  const cases: [string | undefined, string, object][] = [
    ['messages', 'invalid_value', { model: 'm' }],
    ['messages', 'invalid_value', { model: 'm', messages: [] }],
    ['messages', 'invalid_value', { model: 'm', messages: 'hi' }],
    ['messages[0]', 'invalid_value', { model: 'm', messages: ['hi'] }],
    ['messages[0].role', 'invalid_value', { model: 'm', messages: [{ content: 'x' }] }],
    ['messages[0].content', 'invalid_value', { model: 'm', messages: [{ role: 'user', content: [null] }] }],
    ['n', 'invalid_value', { model: 'm', messages, n: 0 }],
    ['n', 'invalid_value', { model: 'm', messages, n: 1.5 }],
    ['n', 'invalid_value', { model: 'm', messages, n: '5' }],
    ['stream', 'invalid_value', { model: 'm', messages, stream: 'yes' }],
    ['temperature', 'invalid_value', { model: 'm', messages, temperature: Infinity }],
    ['model', 'invalid_value', { messages, model: 'a\r\nb' }],
    ['model', 'invalid_value', { messages, model: 'a'.repeat(3000) }],
    ['hulumanage_approach', 'invalid_value', { model: 'm', messages, hulumanage_approach: 5 }],
    ['hulumanage_budget.calls', 'invalid_value', { model: 'm', messages, hulumanage_budget: { calls: 0 } }],
    ['hulumanage_params.bon', 'invalid_value', { model: 'm', messages, hulumanage_params: { bon: 5 } }],
  ]
  for (const [param, code, body] of cases) {
    const error = refused(body)
    t.equal(error.param, param, JSON.stringify(body).slice(0, 80))
    t.equal(error.code, code)
    t.match(error.message, `${param}: `)
  }
})

t.test('a field is refused in the words of JSON, with the value at fault', async t => {
  const cases: [message: string, object][] = [
    ['messages: is required', { model: 'm' }],
    ['messages: expected a list, got a string', { model: 'm', messages: 'hi' }],
    ['messages[0]: expected an object, got null', { model: 'm', messages: [null] }],
    ['model: must not be empty', { model: '', messages }],
    ['model: must have at most 2048 characters', { model: 'm'.repeat(2049), messages }],
    ['model: must not contain control characters', { model: 'a\n', messages }],
    ['n: must be at least 1', { model: 'm', messages, n: 0 }],
    ['n: expected a whole number, got 1.5', { model: 'm', messages, n: 1.5 }],
    ['temperature: expected a number, got true', { model: 'm', messages, temperature: true }],
    ['stream: expected true or false, got a string', { model: 'm', messages, stream: 'yes' }],
    ['stop: expected a string or a list of strings', { model: 'm', messages, stop: 5 }],
    [
      'hulumanage_budget: unknown field "call"; did you mean "calls"?',
      { model: 'm', messages, hulumanage_budget: { call: 1 } },
    ],
    [
      'hulumanage_budget: unknown field "money"; known are calls, tokens, usd, seconds',
      { model: 'm', messages, hulumanage_budget: { money: 1 } },
    ],
    ['hulumanage_budget.usd: must be above 0', { model: 'm', messages, hulumanage_budget: { usd: 0 } }],
    [
      'hulumanage_stream_recovery: expected one of "auto", "restart", "continue", "off"',
      { model: 'm', messages, hulumanage_stream_recovery: 'on' },
    ],
  ]
  for (const [message, body] of cases) t.equal(refused(body).message, message)
})

t.test('a body that is not an object is refused', async t => {
  for (const body of [undefined, null, 'text', 5, []]) t.match(refused(body), { code: 'invalid_value' })
})
