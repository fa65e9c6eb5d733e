import OpenAI from 'openai'
import { answer, json } from '../fake-provider.ts'
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

clientTest('a kept response is read, listed with what led to it, and deleted', async (t, start) => {
  const { openai } = await start([[answer('one'), answer('two')]])
  const first = await openai.responses.create({ model, input: 'a', metadata: { my: 'own' } })
  const second = await openai.responses
    .stream({ model, input: 'b', previous_response_id: first.id })
    .finalResponse()
  t.equal(second.previous_response_id, first.id)
  for (const made of [first, second]) {
    const { output_text: _text, ...whole } = made
    t.match(await openai.responses.retrieve(made.id), whole)
  }
  const items = await openai.responses.inputItems.list(second.id, { order: 'asc' })
  t.match(items.data, [
    { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'a' }], id: /^msg_/ },
    { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'one' }] },
    { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'b' }] },
  ])
  const listed: unknown[] = []
  for await (const item of openai.responses.inputItems.list(second.id, { limit: 2 })) listed.push(item)
  t.same(listed, items.data.toReversed())
  await openai.responses.delete(first.id)
  const error = { message: `Response with id '${first.id}' not found.`, type: 'invalid_request_error' }
  t.match(await errorOf(openai.responses.retrieve(first.id)), { status: 404, error })
  t.match(await errorOf(openai.responses.delete(first.id)), { status: 404, error })
  t.match(await errorOf(openai.responses.inputItems.list(first.id)), { status: 404, error })
  t.match(await openai.responses.retrieve(second.id), { id: second.id })
})

clientTest('a kept response belongs to the client that asked for it', async (t, start) => {
  const { openai, baseURL } = await start([answer('one')], { api_keys: [clientKey, 'sk-other'] })
  const { id } = await openai.responses.create({ model, input: 'a' })
  const other = new OpenAI({ baseURL, apiKey: 'sk-other', maxRetries: 0 })
  t.match(await errorOf(other.responses.retrieve(id)), { status: 404 })
  t.match(await errorOf(other.responses.delete(id)), { status: 404 })
  t.match(await openai.responses.retrieve(id), { id })
})

clientTest('without keys of ours, the key for providers tells clients apart', async (t, start) => {
  const { openai, baseURL } = await start([answer('one')])
  const { id } = await openai.responses.create({ model, input: 'a' })
  const other = new OpenAI({ baseURL, apiKey: 'sk-other', maxRetries: 0 })
  t.match(await errorOf(other.responses.retrieve(id)), { status: 404 })
})

clientTest('a response that must not be stored is not', async (t, start) => {
  const { openai } = await start([answer('one')])
  const made = await openai.responses.create({ model, input: 'a', store: false })
  t.match(made, { store: false })
  t.match(await errorOf(openai.responses.retrieve(made.id)), { status: 404 })
})

clientTest('kept_responses switches keeping off, and limits the size', async (t, start) => {
  for (const kept_responses of [{ enabled: false }, { max_bytes: 100 }]) {
    const { openai } = await start([answer('one')], { kept_responses })
    const made = await openai.responses.create({ model, input: 'a' })
    t.match(made, { store: kept_responses.enabled !== false })
    t.match(await errorOf(openai.responses.retrieve(made.id)), { status: 404 })
  }
})

clientTest(
  'responses have ids of their own, though a provider gives each answer the same',
  async (t, start) => {
    const repeated = (content: string) =>
      json({
        id: 'chatcmpl-1',
        object: 'chat.completion',
        created: 1,
        model,
        choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
      })
    const { openai } = await start([[repeated('one'), repeated('two')]])
    const first = await openai.responses.create({ model, input: 'a' })
    const second = await openai.responses.create({ model, input: 'b' })
    t.not(first.id, second.id)
    t.equal((await openai.responses.retrieve(first.id)).output_text, 'one')
    t.equal((await openai.responses.retrieve(second.id)).output_text, 'two')
  },
)

clientTest('what a kept response cannot do is said', async (t, start) => {
  const { openai } = await start([answer('one')])
  const { id } = await openai.responses.create({ model, input: 'a' })
  t.match(await errorOf(openai.responses.cancel(id)), { status: 400, message: /background/ })
  t.match(await errorOf(Promise.resolve(openai.responses.retrieve(id, { stream: true }))), {
    status: 400,
    param: 'stream',
  })
  t.match(await errorOf(openai.responses.inputItems.list(id, { limit: 0 })), { status: 400, param: 'limit' })
})

clientTest('work in the background is done at once, and found under its id', async (t, start) => {
  const { openai, provider } = await start([answer('one')])
  const { id, status } = await openai.responses.create({ model, input: 'a', background: true })
  t.equal(status, 'completed')
  t.notOk('background' in provider.requests[0]!.body)
  t.match(await openai.responses.retrieve(id), { status: 'completed', output_text: 'one' })
})
