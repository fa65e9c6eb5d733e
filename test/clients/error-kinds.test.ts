import t from 'tap'
import type { Test } from 'tap'
import { event, eventsOf, eventStream } from '../fake-messages.ts'
import { error, fakeProvider, reset, stream } from '../fake-provider.ts'
import type { Action } from '../fake-provider.ts'
import { stuck, serve } from './serve.ts'

const messages = [{ role: 'user', content: 'Hi' }]
const bodies = {
  'chat/completions': { messages },
  responses: { input: 'Hi' },
  messages: { max_tokens: 100, messages },
}
type Path = keyof typeof bodies
const paths = Object.keys(bodies) as Path[]

interface Told {
  readonly status: number
  readonly error: Readonly<Record<string, unknown>>
  readonly text: string
}

/** The error that a client of each dialect gets if the only provider answers like this. */
async function told(t: Test, entry: object, action: Action, more: object = {}): Promise<Record<Path, Told>> {
  const fake = await fakeProvider(t, action)
  const config = {
    stream_failure: 'event',
    approach: 'proxy',
    routing: { health_check: { enabled: false } },
    providers: [{ name: 'p', base_url: fake.url, api_key: 'k', ...entry }],
  }
  const answers: [Path, Told][] = []
  for (const path of paths) {
    // Each has its own server, because a provider that asked for a pause is not asked again.
    const url = await serve(t, JSON.stringify(config))
    const response = await fetch(`${url}/v1/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'm', ...bodies[path], ...more }),
    })
    const text = await response.text()
    const json = text.startsWith('{') ? (JSON.parse(text) as { error: Told['error'] }) : { error: {} }
    answers.push([path, { status: response.status, error: json.error, text }])
    t.same(await stuck(url), [], 'no provider is busy')
  }
  return Object.fromEntries(answers) as Record<Path, Told>
}

const anthropic = { type: 'anthropic' }
const openai = {}
const inAnthropic = (type: string, message: string) => ({ type: 'error', error: { type, message } })
const inOpenai = (type: string, code: string | null, message: string) => ({
  error: { type, code, message, param: null },
})

for (const [name, entry, action] of [
  ['Anthropic', anthropic, error(529, inAnthropic('overloaded_error', 'Overloaded'))],
  [
    'Anthropic, for a while',
    anthropic,
    error(529, inAnthropic('overloaded_error', 'Overloaded'), { 'retry-after': '1' }),
  ],
  [
    'an OpenAI-compatible service',
    openai,
    error(503, inOpenai('server_error', null, 'overloaded'), { 'retry-after': '1' }),
  ],
  [
    'Anthropic, in a stream before its content',
    anthropic,
    eventStream(event('error', { error: { type: 'overloaded_error', message: 'Overloaded' } })),
  ],
] as const)
  t.test(`overload of ${name} stays overload in each dialect`, async t => {
    const answers = await told(t, entry, action)
    t.match(answers.messages, { status: 529, error: { type: 'overloaded_error', message: /overloaded/i } })
    for (const path of ['chat/completions', 'responses'] as const)
      t.match(answers[path], { status: 503, error: { message: /overloaded/i } })
  })

for (const more of [{}, { hulumanage_approach: 'bon' }, { hulumanage_approach: 'moa' }]) {
  const under = 'hulumanage_approach' in more ? ` under ${more.hulumanage_approach}` : ''

  t.test(`an overlong conversation is reported as such in each dialect${under}`, async t => {
    for (const [entry, body] of [
      [anthropic, inAnthropic('invalid_request_error', 'prompt is too long: 9 tokens > 8 maximum')],
      [openai, inOpenai('invalid_request_error', 'context_length_exceeded', 'maximum context length is 8')],
      [openai, inOpenai('BadRequestError', null, 'This model has a maximum context length of 8 tokens')],
    ] as const) {
      const answers = await told(t, entry, error(400, body), more)
      t.match(answers.messages, {
        status: 400,
        error: { type: 'invalid_request_error', message: /^prompt is too long/ },
      })
      for (const path of ['chat/completions', 'responses'] as const)
        t.match(answers[path], { status: 400, error: { code: 'context_length_exceeded' } })
    }
  })

  t.test(`a rate limit is reported as one in each dialect${under}`, async t => {
    for (const [entry, body] of [
      [anthropic, inAnthropic('rate_limit_error', 'Slow down')],
      [openai, inOpenai('requests', 'rate_limit_exceeded', 'Slow down')],
    ] as const) {
      const answers = await told(t, entry, error(429, body), more)
      t.match(answers.messages, { status: 429, error: { type: 'rate_limit_error' } })
      for (const path of ['chat/completions', 'responses'] as const)
        t.match(answers[path], { status: 429, error: { code: 'rate_limit_exceeded' } })
    }
  })

  t.test(`a refused request is reported with its field in each dialect${under}`, async t => {
    const body = {
      error: { type: 'invalid_request_error', code: 'bad', message: 'no such tool', param: 'tools' },
    }
    const answers = await told(t, openai, error(400, body), more)
    t.match(answers.messages, {
      status: 400,
      error: { type: 'invalid_request_error', message: 'no such tool' },
    })
    for (const path of ['chat/completions', 'responses'] as const)
      t.match(answers[path], { status: 400, error: { ...body.error } })
  })
}

t.test('details that Anthropic adds to an error reach only its clients', async t => {
  const details = { error_code: 'thread_not_found', thread: 't1' }
  const body = { type: 'error', error: { type: 'invalid_request_error', message: 'No such thread', details } }
  const answers = await told(t, anthropic, error(400, body))
  t.strictSame(answers.messages.error, body.error)
  t.notOk('details' in answers['chat/completions'].error)
})

t.test('an SDK learns that a thread cannot be kept, however many providers cannot', async t => {
  const provider = (name: string) => ({ name, base_url: 'http://127.0.0.1:1/v1', api_key: 'k' })
  for (const names of [['p'], ['p', 'q']]) {
    const url = await serve(t, JSON.stringify({ approach: 'proxy', providers: names.map(provider) }))
    const response = await fetch(`${url}/v1/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'm', ...bodies.messages, thread: { type: 'create' } }),
    })
    t.equal(response.status, 400)
    t.match(await response.json(), {
      error: { details: { error_code: 'thread_unsupported_request', unsupported: ['thread'] } },
    })
  }
})

t.test('an error in the middle of a stream has a type and a message that agents retry on', async t => {
  const answers = await told(t, openai, stream(['one ', reset()]), { stream: true })
  t.match(answers.messages.text, /event: error\ndata: .*"overloaded_error".*[Cc]onnection lost, server error/)
  t.match(
    answers['chat/completions'].text,
    /"error":\{.*[Cc]onnection lost, server error.*"type":"server_error"/,
  )
  t.match(answers.responses.text, /response\.failed\ndata: .*[Cc]onnection lost, server error/)
  const cut = eventStream(
    ...eventsOf('Hello there').slice(0, 5),
    event('error', { error: { type: 'invalid_request_error', message: 'bad image' } }),
  )
  const refused = await told(t, anthropic, cut, { stream: true })
  t.match(refused.messages.text, /event: error\ndata: .*"invalid_request_error".*bad image/)
  t.notMatch(refused['chat/completions'].text, /server error/)
})
