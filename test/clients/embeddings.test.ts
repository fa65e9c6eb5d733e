import type { Action } from '../fake-provider.ts'
import { error, json } from '../fake-provider.ts'
import { clientTest, errorOf } from './serve.ts'

const model = 'text-embedding-3-small'

/** One embedding for each input, in the requested encoding. */
const embed: Action = ({ request }) => {
  const { input, encoding_format: encoding } = request.body as { input: unknown; encoding_format?: string }
  const inputs = [input].flat()
  const data = inputs.map((_, index) => {
    const floats = [index, 0.5, -1]
    const base64 = Buffer.from(Float32Array.from(floats).buffer).toString('base64')
    return { object: 'embedding', index, embedding: encoding === 'base64' ? base64 : floats }
  })
  const usage = { prompt_tokens: 4 * inputs.length, total_tokens: 4 * inputs.length }
  return json({ object: 'list', data, model: request.body['model'], usage })
}

clientTest('embeddings.create gives the embeddings and the usage of the provider', async (t, start) => {
  const { openai, provider } = await start([embed])
  const { data, response } = await openai.embeddings
    .create({ model, input: ['one', 'two'], dimensions: 3 })
    .withResponse()
  t.same(
    data.data.map(({ index, embedding }) => [index, embedding]),
    [
      [0, [0, 0.5, -1]],
      [1, [1, 0.5, -1]],
    ],
  )
  t.same(data.usage, { prompt_tokens: 8, total_tokens: 8 })
  t.equal(data.model, model)
  t.equal(response.headers.get('x-hulumanage-provider'), 'provider-0')
  const [request] = provider.requests
  t.equal(request!.path, '/v1/embeddings')
  t.strictSame(request!.body, { model, input: ['one', 'two'], dimensions: 3, encoding_format: 'base64' })
})

clientTest('embeddings fail over as chats do, and are counted', async (t, start) => {
  const { openai, providers, baseURL } = await start([error(500), embed])
  const { response } = await openai.embeddings.create({ model, input: 'one' }).withResponse()
  t.equal(response.headers.get('x-hulumanage-attempts'), '2')
  t.equal(response.headers.get('x-hulumanage-provider'), 'provider-1')
  t.same(
    providers.map(({ requests }) => requests.length),
    [1, 1],
  )
  const metrics = await (await fetch(`${baseURL.replace(/\/v1$/, '')}/metrics`)).text()
  t.match(metrics, /provider-1/)
})

clientTest('the bytes of a provider pass as they are, and without /v1', async (t, start) => {
  const text = `{ "object":"list", "data": [{"object":"embedding","index":0,"embedding": [1e-7, 0.1]}],"model":"${model}","usage":{"prompt_tokens":1,"total_tokens":1}, "x": 1 }`
  const { baseURL } = await start([json(text)])
  const response = await fetch(`${baseURL.replace(/\/v1$/, '')}/embeddings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model, input: [1, 2, 3] }),
  })
  t.equal(await response.text(), text)
})

clientTest('a lax answer is made complete, one that is none is a failure', async (t, start) => {
  const lax = json({ data: [{ object: 'embedding', index: 0, embedding: [1] }] })
  const { openai } = await start([[lax, json({ data: [] })]])
  const asked = { model, input: 'eight ch', encoding_format: 'float' as const }
  t.strictSame(await openai.embeddings.create(asked), {
    object: 'list',
    data: [{ object: 'embedding', index: 0, embedding: [1] }],
    model,
    usage: { prompt_tokens: 2, total_tokens: 2 },
  })
  t.match(await errorOf(openai.embeddings.create(asked)), { status: 502 })
})

const ofOtherApis: Readonly<Record<string, unknown>> = {
  // https://github.com/agentic-community/mcp-gateway-registry/pull/1624
  'Text Embeddings Inference': [
    [1, 2],
    [3, 4],
  ],
  Ollama: {
    model,
    embeddings: [
      [1, 2],
      [3, 4],
    ],
  },
  // https://github.com/abetlen/llama-cpp-python/issues/1588
  'llama.cpp': [
    { index: 0, embedding: [[1, 2]] },
    { index: 1, embedding: [[3, 4]] },
  ],
}

clientTest(
  'a vector for each token of an input is refused: the input has none of its own',
  async (t, start) => {
    const tokens = [
      [1, 2],
      [3, 4],
    ]
    const { openai } = await start([json([{ index: 0, embedding: tokens }])])
    t.match(await errorOf(openai.embeddings.create({ model, input: 'one' })), { status: 502 })
  },
)

for (const [service, value] of Object.entries(ofOtherApis))
  clientTest(`vectors in the form of the native API of ${service} are embeddings`, async (t, start) => {
    const { openai } = await start([json(value)])
    const { data, usage } = await openai.embeddings.create({ model, input: ['one', 'two'] })
    t.same(
      data.map(({ index, embedding }) => [index, [...embedding]]),
      [
        [0, [1, 2]],
        [1, [3, 4]],
      ],
    )
    t.match(usage, { prompt_tokens: Number, total_tokens: Number })
  })

clientTest('an approach named for embeddings is refused', async (t, start) => {
  const { openai, provider } = await start([embed])
  const asked = [
    { model: `bon-${model}`, input: 'one' },
    { model, input: 'one', hulumanage_approach: 'moa' },
    { model, input: 'one', proxy_wrap: 'bon' },
  ]
  for (const request of asked) {
    t.match(await errorOf(openai.embeddings.create(request)), { status: 400, message: /take no approach/ })
  }
  t.equal(provider.requests.length, 0)
})

clientTest('the default approach stands aside for embeddings, its wrappers stay', async (t, start) => {
  const { openai } = await start([embed], { approach: 'proxy-bon' })
  for (const name of [model, `proxy-${model}`]) {
    const { data, response } = await openai.embeddings.create({ model: name, input: 'one' }).withResponse()
    t.equal(response.headers.get('x-hulumanage-approach'), 'proxy')
    t.equal(data.model, model)
  }
})

clientTest('what is no input is refused by name', async (t, start) => {
  const { openai } = await start([embed])
  for (const [field, value] of [
    ['input', []],
    ['input', null],
    ['stream', true],
  ] as const) {
    const request = { model, input: 'one', [field]: value }
    t.match(await errorOf(openai.embeddings.create(request)), { status: 400, param: field })
  }
})

const sound = { object: 'embedding', index: 0, embedding: [1] }
const list = (data: unknown, more: object = {}) =>
  json({ object: 'list', data, model, usage: { prompt_tokens: 1, total_tokens: 1 }, ...more })

const unreadable: Readonly<Record<string, Action>> = {
  'no list': list({ 0: sound }),
  'an item that is a number': list([1]),
  'a vector for each token': list([{ ...sound, embedding: [[1], [2]] }]),
  'an embedding that is not numbers': list([{ ...sound, embedding: [1, 'NaN', null] }]),
  'an infinite number': json(`{"object":"list","data":[{"index":0,"embedding":[1e999]}],"model":"m"}`),
  'nothing in them': list([{ ...sound, embedding: [] }]),
  'an index that no input has': list([{ ...sound, index: 1 }]),
  'an index of another type': list([{ ...sound, index: 'toString' }]),
  'one index twice': list([sound, sound]),
  'none for an input': list([]),
}

for (const [what, action] of Object.entries(unreadable))
  clientTest(
    `embeddings with ${what} are no answer, so that the next provider is asked`,
    async (t, start) => {
      const { openai } = await start([action, embed])
      const { data, response } = await openai.embeddings.create({ model, input: 'one' }).withResponse()
      t.same(data.data[0]?.embedding, [0, 0.5, -1])
      t.equal(response.headers.get('x-hulumanage-provider'), 'provider-1')
    },
  )

clientTest('fewer embeddings than inputs are no answer', async (t, start) => {
  const { openai } = await start([list([sound]), embed])
  const { data } = await openai.embeddings.create({ model, input: ['one', 'two'] })
  t.equal(data.length, 2)
})

clientTest('figures and names that clients read are made right in embeddings', async (t, start) => {
  const odd = { object: 'text-embedding', model: null, usage: { prompt_tokens: 3.7, total_tokens: 'many' } }
  const { openai } = await start([list([{ embedding: [1] }, { index: 1, embedding: [2] }], odd)])
  t.strictSame(await openai.embeddings.create({ model, input: ['a', 'b'], encoding_format: 'float' }), {
    object: 'list',
    data: [
      { object: 'embedding', index: 0, embedding: [1] },
      { object: 'embedding', index: 1, embedding: [2] },
    ],
    model,
    usage: { prompt_tokens: 3, total_tokens: 3 },
  })
})

// https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/756, https://github.com/sgl-project/sglang/pull/28803
clientTest(
  'embeddings have the encoding that was asked for, whichever the service sends',
  async (t, start) => {
    const floats = [0.5, -1]
    const base64 = Buffer.from(Float32Array.from(floats).buffer).toString('base64')
    const given = (embedding: unknown) =>
      json({ object: 'list', model, data: [{ object: 'embedding', index: 0, embedding }] })
    for (const sent of [floats, base64]) {
      const { openai } = await start([given(sent)])
      const vectorOf = async (encoding_format?: 'float' | 'base64') =>
        (await openai.embeddings.create({ model, input: 'one', ...(encoding_format && { encoding_format }) }))
          .data[0]!.embedding
      t.same(await vectorOf(), floats)
      t.same(await vectorOf('float'), floats)
      t.equal(await vectorOf('base64'), base64)
    }
  },
)

clientTest('vectors that hold no numbers are the fault of the provider', async (t, start) => {
  const given = (embedding: unknown) =>
    json({ object: 'list', model, data: [{ object: 'embedding', index: 0, embedding }] })
  const notANumber = Buffer.from(Float32Array.of(Number.NaN).buffer).toString('base64')
  for (const sent of ['!!!!', notANumber, [1e39, 1]]) {
    const encoding_format = typeof sent === 'string' ? 'float' : 'base64'
    const { openai } = await start([given(sent), embed])
    const made = await openai.embeddings.create({ model, input: 'one', encoding_format }).withResponse()
    t.equal(made.response.headers.get('x-hulumanage-provider'), 'provider-1')
  }
})
