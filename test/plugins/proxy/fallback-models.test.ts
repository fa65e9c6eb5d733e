import t from 'tap'
import { answer, error } from '../../fake-provider.ts'
import type { Action } from '../../fake-provider.ts'
import { serve } from '../../matrix/serve.ts'
import { textOf } from '../../matrix/client.ts'

const refusal = (code: string, message = 'no') =>
  error(400, { error: { message, code, type: 'invalid_request_error' } })

/** Answers by model: what is given, or the model's own name. */
const byModel =
  (answers: Readonly<Record<string, Action>>): Action =>
  ({ request }) => {
    const model = String(request.body['model'])
    return answers[model] ?? answer(model)
  }

t.test('each cause has fallbacks of its own, which are tried in their order', async t => {
  const tooLong = refusal('context_length_exceeded')
  const server = await serve(
    t,
    [byModel({ small: tooLong, middle: tooLong, strict: refusal('content_filter'), broken: error(500) })],
    {
      config: {
        fallbacks: {
          context: { small: ['middle', 'large'] },
          policy: { strict: ['lenient'] },
          any: { broken: ['sound'] },
        },
        routing: { failure_threshold: 100 },
      },
    },
  )
  const ask = async (model: string) => {
    for (const fields of [{}, { stream: true }]) {
      const heard = await server.client.ask({ model, ...fields })
      t.equal(heard.status, 200)
      t.equal(textOf(heard), { small: 'large', strict: 'lenient', broken: 'sound' }[model])
    }
  }
  for (const model of ['small', 'strict', 'broken']) await ask(model)
})

t.test('a prompt known to be too long has all larger models as its fallbacks', async t => {
  const server = await serve(t, [byModel({ large: error(500) })], {
    entries: [{ context_windows: { small: 10 } }],
    config: { fallbacks: { context: { small: ['large', 'larger'] } }, routing: { failure_threshold: 100 } },
  })
  const messages = [{ role: 'user', content: 'a long question '.repeat(100) }]
  t.equal(textOf(await server.client.ask({ model: 'small', messages })), 'larger')
})

t.test('without a fallback for its cause, an error stays as it is', async t => {
  const server = await serve(
    t,
    [byModel({ small: refusal('content_filter', 'flagged'), loop: error(500), other: error(500) })],
    {
      config: {
        fallbacks: {
          context: { small: ['large'] },
          any: { small: ['large'], loop: ['other'], other: ['loop'] },
        },
      },
    },
  )
  t.match(await server.client.ask({ model: 'small' }), { status: 400, text: /flagged/ })
  const looped = await server.client.ask({ model: 'loop' })
  t.equal(looped.status, 502, 'a circle ends')
  t.match(looped.text, /status 500\).*; before that, \\"loop\\": .*status 500\)/, 'and names both models')
  t.equal(server.fakes[0]!.requests.length, 3)
})

t.test('a fault of the request itself has no fallback', async t => {
  const server = await serve(t, [byModel({ small: refusal('invalid_value') })], {
    config: { fallbacks: { any: { small: ['large'] }, context: { small: ['large'] } } },
  })
  t.equal((await server.client.ask({ model: 'small' })).status, 400)
  t.equal(server.fakes[0]!.requests.length, 1)
})

t.test('a model whose only provider rests is asked after its fallbacks', async t => {
  let isSound = true
  const answers: Action = context => {
    const model = String(context.request.body['model'])
    return model === 'broken' || !isSound ? error(500) : answer(model)
  }
  const server = await serve(t, [answers], {
    config: {
      fallbacks: { any: { broken: ['sound'] } },
      routing: { failure_threshold: 2, cooldown: 60, max_cooldown: 60 },
    },
  })
  const asked = () => server.fakes[0]!.requests.map(({ body }) => body['model'])
  for (let count = 0; count < 6; count++)
    t.equal(textOf(await server.client.ask({ model: 'broken' })), 'sound')
  t.equal(
    asked().filter(model => model === 'broken').length,
    2,
    'each outage costs the failures that show it',
  )
  isSound = false
  const before = asked().length
  t.equal((await server.client.ask({ model: 'broken' })).status, 502)
  t.same(asked().slice(before), ['sound', 'broken'], 'and nobody is refused without it')
})
