import t from 'tap'
import { strictSchema } from '../../../src/providers/spelling/schemas/anthropic.ts'
import { world } from './world.ts'

const user = { role: 'user', content: 'Score it as json' }

const loose = {
  type: 'object',
  description: 'A review',
  properties: {
    score: { type: 'integer', minimum: 1, maximum: 10, description: 'The score' },
    tags: { type: 'array', items: { type: 'string', minLength: 2 }, minItems: 3 },
    when: { type: 'string', format: 'iso-week' },
    author: { oneOf: [{ $ref: '#/$defs/person' }, { type: 'null' }] },
  },
  required: ['score'],
  $defs: { person: { type: 'object', properties: { minimum: { type: 'string' } } } },
}

t.test('Anthropic gets schemas of closed objects, with their limits in words', async t => {
  const { provider, post } = await world(t, 'anthropic', { type: 'anthropic' })
  const review = { name: 'review', parameters: loose, strict: true }
  const { status, text } = await post('/v1/chat/completions', {
    model: 'claude',
    messages: [user],
    response_format: { type: 'json_schema', json_schema: { name: 'review', schema: loose } },
    tools: [{ type: 'function', function: review }],
  })
  t.equal(status, 200, text)
  t.same(provider.refused, [])
  const { output_config, tools } = provider.requests[0]!.body as {
    output_config: { format: { schema: object } }
    tools: { input_schema: object }[]
  }
  const closed = { additionalProperties: false }
  const schema = {
    ...loose,
    ...closed,
    properties: {
      score: { type: 'integer', description: 'The score (minimum: 1, maximum: 10)' },
      tags: {
        type: 'array',
        items: { type: 'string', description: 'minLength: 2' },
        description: 'minItems: 3',
      },
      when: { type: 'string', description: 'format: "iso-week"' },
      author: { anyOf: [{ $ref: '#/$defs/person' }, { type: 'null' }] },
    },
    $defs: { person: { ...loose.$defs.person, ...closed } },
  }
  t.same(output_config.format.schema, schema)
  t.same(tools[0]?.input_schema, schema)
})

t.test('an object whose properties have no names is not closed: it would be empty', t => {
  const map = { type: 'object', additionalProperties: { type: 'string' } }
  t.equal(strictSchema(map), map)
  t.same(strictSchema({ type: 'object' }), { type: 'object', additionalProperties: false })
  t.end()
})

t.test('a schema that OpenAI would refuse as a strict one is sent as a loose one', async t => {
  const closed = {
    type: 'object',
    additionalProperties: false,
    properties: { a: {}, b: {} },
    required: ['a'],
  }
  const strict = { ...closed, required: ['a', 'b'] }
  const body = (schema: object) => ({
    model: 'm',
    max_tokens: 99,
    messages: [user],
    output_config: { format: { type: 'json_schema', schema } },
    tools: [{ name: 'f', input_schema: schema, strict: true }],
  })
  for (const entry of [{}, { api: 'responses' }]) {
    const { provider, post } = await world(t, 'openai', entry)
    for (const [schema, expected] of [
      [closed, false],
      [strict, true],
    ] as const) {
      const { status, text } = await post('/v1/messages', body(schema))
      t.equal(status, 200, text)
      const sent = provider.requests.at(-1)!.text
      t.match(sent, new RegExp(`"strict":${expected}.*"strict":${expected}`))
    }
    t.same(provider.refused, [])
  }
})

// https://github.com/aws-samples/bedrock-access-gateway/issues/213
t.test('a description that is empty is left out', async t => {
  const called = { name: 'focus_chain', parameters: { type: 'object', properties: {} } }
  const { provider, post } = await world(t, 'openai', {})
  const tools = [{ type: 'function', function: { ...called, description: '' } }]
  const body = { model: 'm', messages: [{ role: 'user', content: 'Hi' }], tools }
  const { status, text } = await post('/v1/chat/completions', body)
  t.equal(status, 200, text)
  t.same(provider.requests[0]?.body['tools'], [{ type: 'function', function: called }])
})

// https://github.com/anomalyco/opencode/issues/15540
t.test('a keyword of a schema that is null is left out, unless null is a value of it', async t => {
  const { provider, post } = await world(t, 'openai')
  const place = { type: 'string', description: null, enum: null, default: null }
  const parameters = { type: 'object', properties: { place }, required: null, additionalProperties: null }
  const { status, text } = await post('/v1/chat/completions', {
    model: 'm',
    messages: [user],
    tools: [{ type: 'function', function: { name: 'look', description: null, parameters } }],
  })
  t.equal(status, 200, text)
  const fitting = { type: 'object', properties: { place: { type: 'string', default: null } } }
  t.strictSame(provider.requests[0]!.body['tools'], [
    { type: 'function', function: { name: 'look', parameters: fitting } },
  ])
})
