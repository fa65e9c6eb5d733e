import t from 'tap'
import { json } from '../fake-provider.ts'
import { messageOf } from '../fake-messages.ts'
import { refuses } from './refuses.ts'
import type { Json } from './refuses.ts'

const hi = { role: 'user', content: 'Hi' }
const schema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  properties: {
    const: { type: 'string', const: 'a', readOnly: true },
    day: { type: 'string', format: 'date', default: '' },
    at: { type: 'string', format: 'date-time' },
    count: { oneOf: [{ type: 'integer', exclusiveMinimum: 0 }, { type: 'string' }] },
    list: { type: 'array', uniqueItems: true, items: { type: 'object', propertyNames: { type: 'string' } } },
  },
  required: ['const'],
  additionalProperties: false,
}
const fitting = {
  type: 'object',
  properties: {
    const: { enum: ['a'], type: 'string' },
    day: { type: 'string' },
    at: { type: 'string', format: 'date-time' },
    count: { anyOf: [{ type: 'integer' }, { type: 'string' }] },
    list: { type: 'array', items: { type: 'object' } },
  },
  required: ['const'],
}

t.test('parameters lose the keywords that Google does not know once it refuses one', async t => {
  const chat = (parameters: Json) => ({
    model: 'm',
    messages: [hi],
    tools: [
      { type: 'function', function: { name: 'f', parameters } },
      { type: 'function', function: { name: 'g' } },
    ],
  })
  const unknown = (name: string) =>
    `Invalid JSON payload received. Unknown name "${name}" at 'tools[0].function_declarations[0].parameters': Cannot find field.`
  const words = [
    // https://github.com/databricks/unity-gateway/issues/491
    `${unknown('$schema')}\n${unknown('exclusiveMinimum')}`,
    // https://github.com/openswarm-ai/openswarm/issues/24
    `[gemini/gemini-3.1-pro-preview] [400]: ${unknown('additionalProperties')}`,
    // https://github.com/router-for-me/CLIProxyAPI/issues/4754
    'Unknown name "propertyNames" at request.tools[0].function_declarations[3].parameters.properties[1].value: Cannot find field',
    "GenerateContentRequest.tools[0].function_declarations[0].parameters.properties[day].format: only 'enum' and 'date-time' are supported for STRING type",
  ]
  for (const message of words) await refuses(t, chat(schema), [400, { error: { message } }], chat(fitting))
})

t.test('so do those of clients of Messages', async t => {
  const asked = (input_schema: Json) => ({
    model: 'm',
    max_tokens: 9,
    messages: [hi],
    tools: [{ name: 'f', input_schema }],
  })
  const message = `Unknown name "$schema" at 'request.tools[0].function_declarations[0].parameters': Cannot find field.`
  await refuses(
    t,
    asked(schema),
    [400, { type: 'error', error: { type: 'invalid_request_error', message } }],
    asked(fitting),
    { path: '/v1/messages', entry: { type: 'anthropic' }, fine: json(messageOf('Hi')) },
  )
})
