import OpenAI from 'openai'
import { answer } from '../fake-provider.ts'
import { callingTool, model, toolCall } from './conversation.ts'
import { clientKey, clientTest, errorOf } from './serve.ts'

clientTest(
  'a response is continued by its id, whole or streamed, with all that led to it',
  async (t, start) => {
    const { openai, provider } = await start([[answer('one'), answer('two'), answer('three')]])
    const first = await openai.responses.create({ model, input: 'a' })
    t.match(first, { store: true })
    const second = openai.responses.stream({ model, input: 'b', previous_response_id: first.id })
    const { id } = await second.finalResponse()
    await openai.responses.create({
      model,
      input: [{ role: 'user', content: 'c' }],
      previous_response_id: id,
    })
    t.same(provider.requests[2]!.body['messages'], [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'one' },
      { role: 'user', content: 'b' },
      { role: 'assistant', content: 'two' },
      { role: 'user', content: 'c' },
    ])
  },
)

clientTest('an item is named by its id instead of being sent again', async (t, start) => {
  const { openai, provider } = await start([[callingTool, answer('done')]])
  const { output } = await openai.responses.create({ model, input: 'a' })
  const call = output.find(item => item.type === 'function_call')
  await openai.responses.create({
    model,
    input: [
      { role: 'user', content: 'a' },
      { type: 'item_reference', id: call!.id! },
      { type: 'function_call_output', call_id: call!.call_id, output: 'ok' },
    ],
  })
  t.match(provider.requests[1]!.body['messages'], [
    { role: 'user' },
    { role: 'assistant', tool_calls: [{ id: toolCall.id }] },
    { role: 'tool', tool_call_id: toolCall.id },
  ])
})

clientTest('what is not kept is unknown, with the error of OpenAI', async (t, start) => {
  const { openai, baseURL } = await start([answer('one')], { api_keys: [clientKey, 'sk-other'] })
  const unknown = async (client: OpenAI, previous_response_id: string) => {
    const thrown = await errorOf(client.responses.create({ model, input: 'b', previous_response_id }))
    t.match(thrown, { status: 400, code: 'previous_response_not_found', param: 'previous_response_id' })
  }
  await unknown(openai, 'resp_x')
  await unknown(openai, (await openai.responses.create({ model, input: 'a', store: false })).id)
  const other = new OpenAI({ baseURL, apiKey: 'sk-other', maxRetries: 0 })
  await unknown(other, (await openai.responses.create({ model, input: 'a' })).id)
  const input = [{ type: 'item_reference' as const, id: 'fc_x' }]
  t.match(await errorOf(openai.responses.create({ model, input })), { status: 404, param: 'input[0]' })
})
