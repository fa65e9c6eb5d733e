import { mock } from 'node:test'
import t from 'tap'
import type { Dispatcher } from 'undici'
import { request } from 'undici'
import { configSchema } from '../../../src/config/schema.ts'
import type { ConfigInput } from '../../../src/config/schema.ts'
import { SimulatedDispatcher, simulatedKind } from '../../../src/providers/simulated/simulated.ts'

type ProviderInput = NonNullable<ConfigInput['providers']>[number]
type Controller = Dispatcher.DispatchController

function dispatcher(simulate: ProviderInput['simulate'] = {}, more: Partial<ProviderInput> = {}) {
  const providers = [{ name: 'quick', type: 'simulated', simulate, ...more }]
  return new SimulatedDispatcher(configSchema.parse({ providers }).providers[0]!)
}

const atOnce = { latency_ms: 0, token_ms: 0 }
const question = { model: 'm', messages: [{ role: 'user', content: 'What is 6 x 7?' }] }
const chat = (fields: object = {}): Dispatcher.DispatchOptions => ({
  origin: 'http://in-process',
  path: '/chat/completions',
  method: 'POST',
  body: JSON.stringify({ ...question, ...fields }),
})

async function ask(dispatcher: Dispatcher, fields: object = {}) {
  const { body, method } = chat(fields)
  return await request('http://in-process/chat/completions', { body: body as string, method, dispatcher })
}

/** A handler that records its calls. */
class Recorder implements Dispatcher.DispatchHandler {
  readonly told: string[] = []
  controller: Controller | undefined
  onData: (controller: Controller) => void = () => {}

  onRequestStart(controller: Controller): void {
    this.controller = controller
    this.told.push('start')
  }

  onResponseStart(_controller: Controller, status: number): void {
    this.told.push(String(status))
  }

  onResponseData(controller: Controller, bytes: Buffer): void {
    this.told.push(...[...String(bytes).matchAll(/"content":"([^"]+)"/g)].map(([, word = '']) => word))
    this.onData(controller)
  }

  onResponseEnd(): void {
    this.told.push('end')
  }

  onResponseError(_controller: Controller, error: Error): void {
    this.told.push(`failed: ${error.message}`)
  }
}

t.test('an answer says that it is simulated, and repeats the question', async t => {
  const response = await ask(dispatcher(atOnce))
  t.equal(response.statusCode, 200)
  t.match(await response.body.json(), {
    object: 'chat.completion',
    model: 'm',
    choices: [
      {
        message: { role: 'assistant', content: /simulated model.*"What is 6 x 7\?"/ },
        finish_reason: 'stop',
      },
    ],
    usage: { prompt_tokens: 5, completion_tokens: Number, total_tokens: Number },
  })
})

t.test('the question is the text of the last user message, shortened', async t => {
  const messages = [
    { role: 'user', content: 'first' },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'a\nb' },
        { type: 'image_url' },
        { type: 'text', text: 'c'.repeat(200) },
      ],
    },
    { role: 'assistant', content: null },
  ]
  const text = await (await ask(dispatcher(atOnce), { messages })).body.text()
  t.match(text, /\\"a b c{10}/)
  t.match(text, 'c…')
  t.notMatch(text, 'first')
})

t.test('a stream has the role, the words, the reason, the usage if requested, and [DONE]', async t => {
  const simulated = dispatcher({ ...atOnce, answer: 'one  two' })
  const text = await (
    await ask(simulated, { stream: true, stream_options: { include_usage: true } })
  ).body.text()
  const events = text.split('\n\n').map(line => line.slice('data: '.length))
  t.equal(events.at(-2), '[DONE]')
  t.match(
    events.slice(0, -2).map(data => JSON.parse(data)),
    [
      { object: 'chat.completion.chunk', choices: [{ delta: { role: 'assistant' } }] },
      { choices: [{ delta: { content: 'one  ' } }] },
      { choices: [{ delta: { content: 'two' } }] },
      { choices: [{ delta: {}, finish_reason: 'stop' }] },
      { choices: [], usage: { completion_tokens: 2 } },
    ],
  )
  t.notMatch(await (await ask(simulated, { stream: true })).body.text(), 'usage')
})

t.test('n and both names of max_tokens are honoured', async t => {
  const simulated = dispatcher({ ...atOnce, answer: 'one two three' })
  for (const field of ['max_tokens', 'max_completion_tokens']) {
    const whole = await ask(simulated, { n: 2, [field]: 2 })
    t.match(await whole.body.json(), {
      choices: [
        { index: 0, message: { content: 'one two ' }, finish_reason: 'length' },
        { index: 1, message: { content: 'one two ' }, finish_reason: 'length' },
      ],
      usage: { completion_tokens: 4 },
    })
  }
  const streamed = await (await ask(simulated, { n: 2, max_tokens: 3, stream: true })).body.text()
  t.equal(streamed.match(/"content":"three"/g)?.length, 2)
  t.equal(streamed.match(/"finish_reason":"stop"/g)?.length, 2)
})

t.test('an empty answer streams its role and its end', async t => {
  const text = await (await ask(dispatcher({ ...atOnce, answer: '' }), { stream: true })).body.text()
  t.match(text, /"role":"assistant"[^]*"finish_reason":"stop"[^]*\[DONE\]/)
})

/** The statuses of 200 calls with a failure rate of 0.3. */
async function statuses(seed: number): Promise<number[]> {
  const simulated = dispatcher({ ...atOnce, failure_rate: 0.3, seed })
  return await Promise.all(Array.from({ length: 200 }, async () => (await ask(simulated)).statusCode))
}

t.test('failures occur as often as configured, at the same requests each time', async t => {
  const first = await statuses(1)
  t.strictSame(await statuses(1), first)
  t.strictNotSame(await statuses(2), first)
  const failures = first.filter(status => status === 500).length
  t.ok(failures > 40 && failures < 80, `${failures} of 200 failed`)
})

t.test('a failure is an error in the shape of OpenAI', async t => {
  const response = await ask(dispatcher({ ...atOnce, failure_rate: 1 }))
  t.match(await response.body.json(), { error: { type: 'server_error', message: /failure_rate/ } })
})

/** The answers of a model that is right half of the time, to 40 calls and to one call with 40 choices. */
async function answers(seed: number, fields: object = {}): Promise<string[]> {
  const simulated = dispatcher({ ...atOnce, accuracy: 0.5, seed })
  const one = Array.from({ length: 40 }, () => ask(simulated, fields))
  const bodies = [...(await Promise.all(one)), await ask(simulated, { ...fields, n: 40 })]
  const wholes = (await Promise.all(bodies.map(({ body }) => body.json()))) as {
    choices: { message: { content: string } }[]
  }[]
  return wholes.flatMap(({ choices }) => choices.map(({ message }) => message.content))
}

t.test('with accuracy, questions are worked out; samples differ, and are reproducible', async t => {
  const first = await answers(1)
  t.strictSame(await answers(1), first)
  t.strictNotSame(await answers(2), first)
  for (const half of [first.slice(0, 40), first.slice(40)]) {
    const right = half.filter(text => text.includes('The answer is 42.')).length
    t.ok(right > 8 && right < 32, `${right} of 40 are right`)
  }
})

t.test("a client's own seed gives the same answer each time", async t => {
  const [first, ...others] = (await answers(1, { seed: 5 })).slice(0, 40)
  t.ok(others.every(text => text === first))
  const choices = (await answers(1, { seed: 5 })).slice(40)
  t.ok(new Set(choices).size > 1, 'choices differ')
})

async function listed(more: Partial<ProviderInput>): Promise<string[]> {
  const simulated = dispatcher({ ...atOnce, failure_rate: 1 }, more)
  const { body } = await request('http://in-process/v1/models', { dispatcher: simulated })
  return ((await body.json()) as { data: { id: string }[] }).data.map(model => model.id)
}

t.test('models are those of the configuration', async t => {
  t.strictSame(await listed({}), ['simulated'])
  t.strictSame(await listed({ models: ['a'], model_map: { x: 'a', y: 'b' } }), ['a', 'b'])
})

t.test('invalid requests and unknown paths are refused', async t => {
  const simulated = dispatcher(atOnce)
  for (const body of ['{', 'null', '{"messages":1}', null]) {
    const options = { method: 'POST', body, dispatcher: simulated } as const
    t.match(await request('http://in-process/chat/completions', options), { statusCode: 400 })
  }
  const { statusCode } = await request('http://in-process/audio/speech', {
    method: 'POST',
    dispatcher: simulated,
  })
  t.equal(statusCode, 404)
})

t.test('the kind creates a dispatcher, even for a provider without `simulate`', async t => {
  const [config] = configSchema.parse({ providers: [{ name: 'quick', type: 'simulated' }] }).providers
  t.type(simulatedKind.dispatcher?.(config!), SimulatedDispatcher)
})

t.test('time', async t => {
  t.beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }))
  t.afterEach(() => mock.timers.reset())
  const settings = { latency_ms: 100, token_ms: 10, answer: 'one two three' }
  const start = (fields: object, onData?: Recorder['onData']) => {
    const simulated = dispatcher(settings)
    const recorder = new Recorder()
    if (onData) recorder.onData = onData
    simulated.dispatch(chat(fields), recorder)
    return { simulated, recorder, told: recorder.told, controller: recorder.controller! }
  }
  const words = ['start', '200', 'one ', 'two ', 'three']

  t.test('the first word takes latency_ms, each further one token_ms', async t => {
    const { told } = start({ stream: true })
    mock.timers.tick(99)
    t.strictSame(told, ['start'])
    mock.timers.tick(1)
    t.strictSame(told, words.slice(0, 3))
    mock.timers.tick(10)
    t.strictSame(told, words.slice(0, 4))
    mock.timers.tick(10)
    t.strictSame(told, [...words, 'end'])
  })

  t.test('a whole answer takes as long as its words', async t => {
    const { told } = start({})
    mock.timers.tick(129)
    t.strictSame(told, ['start'])
    mock.timers.tick(1)
    t.strictSame(told, ['start', '200', 'one two three', 'end'])
  })

  t.test('nothing is sent while paused', async t => {
    const { told, controller } = start({ stream: true }, held => held.pause())
    mock.timers.tick(1000)
    t.strictSame(told, words.slice(0, 3))
    t.equal(controller.paused, true)
    controller.resume()
    mock.timers.tick(1000)
    t.strictSame(told, words.slice(0, 4))
    controller.resume()
    mock.timers.tick(1000)
    controller.resume()
    mock.timers.tick(0)
    t.strictSame(told, [...words, 'end'])
  })

  t.test('a pause before the first word holds the head, and resume within it changes nothing', async t => {
    const { told, controller } = start({ stream: true }, held => {
      held.pause()
      held.resume()
    })
    controller.pause()
    mock.timers.tick(1000)
    t.strictSame(told, ['start'])
    controller.resume()
    for (let n = 0; n < 3; n += 1) mock.timers.tick(10)
    t.strictSame(told, [...words, 'end'])
  })

  t.test('abort ends a call with its reason, once, at any time', async t => {
    const reason = new Error('enough')
    const { told, controller } = start({ stream: true })
    controller.abort(reason)
    controller.abort(new Error('again'))
    mock.timers.tick(1000)
    t.strictSame(told, ['start', 'failed: enough'])
    t.match(controller, { aborted: true, reason })
    const later = start({ stream: true }, running => running.abort(reason))
    mock.timers.tick(1000)
    t.strictSame(later.told, [...words.slice(0, 3), 'failed: enough'])
    const ended = start({})
    mock.timers.tick(1000)
    ended.controller.abort(reason)
    t.equal(ended.told.at(-1), 'end')
    t.equal(ended.controller.aborted, false)
  })

  t.test('a handler that throws aborts its call', async t => {
    const { told } = start({ stream: true }, () => {
      throw new Error('a fault of the handler')
    })
    mock.timers.tick(1000)
    t.equal(told.at(-1), 'failed: a fault of the handler')
  })

  t.test('close waits for running calls and accepts no others', async t => {
    const { simulated, told } = start({})
    let closed = false
    simulated.close(() => (closed = true))
    const late = new Recorder()
    simulated.dispatch(chat(), late)
    t.match(late.told, [/^failed: .*closed/])
    t.equal(closed, false)
    mock.timers.tick(1000)
    t.equal(told.at(-1), 'end')
    await simulated.close()
    t.equal(closed, true)
  })

  t.test('destroy ends running calls with its error', async t => {
    const given = start({})
    await given.simulated.destroy(new Error('gone'))
    t.equal(given.told.at(-1), 'failed: gone')
    const bare = start({})
    await new Promise<void>(resolve => bare.simulated.destroy(resolve))
    t.match(bare.told.at(-1), /destroyed/)
    await new Promise<void>(resolve => bare.simulated.destroy(null, resolve))
  })
})
