import t from 'tap'
import { configSchema } from '../../src/config/schema.ts'
import { embeddings } from '../../src/dialects/embeddings.ts'

const { limits } = configSchema.parse({})
const aliases: ReadonlySet<string> = new Set(['best_of_n'])

t.test('inputs of every kind pass unchanged, with their bytes', async t => {
  const bytes = Buffer.from('{}')
  for (const input of ['one', ['one', 'two'], [1, 2], [[1], [2, 3]]]) {
    const body = { model: 'm', input, dimensions: 3 }
    const { requests, stream } = embeddings.read(body, { bytes, aliases, limits, defaultModel: undefined })
    t.strictSame(requests[0].request, { ...body, messages: [] })
    t.match(requests[0], { operation: 'embeddings', source: { dialect: 'embeddings', bytes } })
    t.equal(stream, false)
  }
})

t.test('our own fields are removed, and so are the original bytes', async t => {
  const body = { input: 'one', hulumanage_budget: { calls: 1 } }
  const options = { bytes: Buffer.from('{}'), aliases, limits, defaultModel: 'configured' }
  const [read] = embeddings.read(body, options).requests
  t.strictSame(read.request, { model: 'configured', input: 'one', messages: [] })
  t.match(read.own, { budget: { calls: 1 } })
  t.equal(read.source, undefined)
})

t.test('an invalid input is refused by name', async t => {
  const options = { aliases, limits, defaultModel: undefined }
  for (const input of [undefined, [], [[]], [1, 'a'], [1.5], 7]) {
    t.throws(() => embeddings.read({ model: 'm', input }, options), { message: /^input\b/ })
  }
  t.throws(() => embeddings.read({ input: 'one' }, options), { message: /^model\b/ })
})
