import type { Action } from '../fake-provider.ts'
import { answer, error } from '../fake-provider.ts'
import { callingTool, hello, model, textOf, toolCall, weather } from './conversation.ts'
import { clientTest, errorOf } from './serve.ts'

const schema = { type: 'object', properties: { sky: { enum: ['clear', 'rain'] } }, required: ['sky'] }
const format = {
  type: 'json_schema' as const,
  json_schema: { name: 'weather', schema },
}
const asked = { model: `valid-${model}`, messages: hello, response_format: format }
const right = '{"sky":"rain"}'

/** A model that is wrong at first, and corrects itself when it reads what is wrong. */
const learning: Action = ({ request }) =>
  answer(
    request.text.includes('must be equal to one of')
      ? `Sorry!\n\`\`\`json\n${right}\n\`\`\``
      : '{"sky":"snow"}',
  )

clientTest('valid returns only JSON that matches the schema, whole and streamed', async (t, start) => {
  const { openai, provider } = await start([learning])
  const { data, response } = await openai.chat.completions.create(asked).withResponse()
  t.match(data.choices, [{ finish_reason: 'stop', message: { content: right } }])
  t.equal(response.headers.get('x-hulumanage-calls'), '2')
  t.equal(response.headers.get('x-hulumanage-degraded'), null)
  for (const { body } of provider.requests) t.match(body, { response_format: format })
  const chunks = await Array.fromAsync(await openai.chat.completions.create({ ...asked, stream: true }))
  t.equal(textOf(chunks), right)
})

clientTest(
  'valid fails with the kinds of faults if no answer is valid, and quotes none of them',
  async (t, start) => {
    const { openai, provider } = await start([answer('{"sky":"snow"}')])
    const thrown = await errorOf(openai.chat.completions.create(asked))
    t.match(thrown, { status: 502, code: 'no_answer', message: /faults in: enum$/ })
    t.equal(provider.requests.length, 6)
  },
)

clientTest('valid refuses a schema that it cannot use, and calls nobody', async (t, start) => {
  const { openai, provider } = await start([learning])
  const broken = { type: 'json_schema' as const, json_schema: { name: 'x', schema: { type: 'nonsense' } } }
  const thrown = await errorOf(openai.chat.completions.create({ ...asked, response_format: broken }))
  t.match(thrown, { status: 400, param: 'response_format', message: /type must be/ })
  t.equal(provider.requests.length, 0)
})

clientTest('valid works with a service that knows no response_format', async (t, start) => {
  const { openai } = await start([
    ({ request }) =>
      request.body['response_format']
        ? error(400, { error: { message: 'response_format is unknown' } })
        : answer(right),
  ])
  t.equal((await openai.chat.completions.create(asked)).choices[0]?.message.content, right)
})

clientTest('valid hands tool calls to the client', async (t, start) => {
  const { openai } = await start([callingTool])
  const { choices } = await openai.chat.completions.create({ ...asked, tools: [weather] })
  t.match(choices, [{ finish_reason: 'tool_calls', message: { tool_calls: [toolCall] } }])
})

clientTest('below cascade, an answer that valid fails goes to the next model', async (t, start) => {
  const { openai, provider } = await start(
    [({ request }) => answer(request.body['model'] === 'small' ? 'no JSON' : right)],
    { approach: 'proxy', steps: { cascade: { accept: 'answer' }, valid: { repairs: 0, samples: 1 } } },
  )
  const levels = { ...asked, model: 'cascade-valid-small>large' }
  t.match(await openai.chat.completions.create(levels), {
    model: 'large',
    choices: [{ message: { content: right } }],
  })
  t.same(
    provider.requests.map(({ body }) => body['model']),
    ['small', 'large'],
  )
})

clientTest('a budget that ends the repairs is an error, and no invalid answer', async (t, start) => {
  const { openai } = await start([learning])
  const tight = { ...asked, hulumanage_budget: { tokens: 10 } } as typeof asked
  t.match(await errorOf(openai.chat.completions.create(tight)), { code: /^budget_/ })
})
