import t from 'tap'
import { eventsOf as messageEvents, eventStream } from '../fake-messages.ts'
import { head as sendHead, json, sequence, write } from '../fake-provider.ts'
import { eventsOf as responseEvents, responseOf } from '../fake-responses.ts'
import { tellAll } from './told.ts'

const head = { id: 'c', created: 1, model: 'm' }

function chunk(delta: object, finish_reason: string | null = null): string {
  const choices = [{ index: 0, delta, finish_reason }]
  return `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices })}\n\n`
}

const begun = chunk({ role: 'assistant', content: 'Hel' })
const done = 'data: [DONE]\n\n'

// https://github.com/lmstudio-ai/lmstudio-bug-tracker/issues/2180, https://github.com/zendev-sh/goai/pull/110,
// https://github.com/coddy-project/coddy-agent/pull/106, https://github.com/ai-dynamo/dynamo/pull/8674
t.test('an error in a stream is told in its own words, whatever its event looks like', async t => {
  const words = 'Error rendering prompt with jinja template: Cannot call something that is not a function'
  const error = JSON.stringify({ code: 500, message: words, type: 'server_error' })
  const events = {
    usual: `data: {"error":${error}}\n\n`,
    'both fields': `event: error\ndata: {"error":${error},"message":"${words}"}\n\n`,
    'name of the event': `event: error\ndata: {"message":"${words}"}\n\n`,
    text: `event: error\ndata: ${words}\n\n`,
    'text in JSON': `event: error\ndata: "${words}"\n\n`,
    'field of llama.cpp': `error: ${error}\n\n`,
    // lib/llm/src/http/service/disconnect.rs of Dynamo
    comment: `event: error\n: ${words}\n\n`,
    // https://huggingface.co/docs/text-generation-inference
    'type beside it': `data: ${JSON.stringify({ error: words, error_type: 'generation' })}\n\n`,
  }
  for (const [name, event] of Object.entries(events))
    for (const before of ['', ': ping\n\n', begun])
      for (const told of await tellAll(t, eventStream(before, event, done), true))
        t.match(told, words, `${name}, after "${before}"`)
})

t.test('an error about the request is one in any of these forms', async t => {
  const error = {
    code: 400,
    message: 'the request exceeds the available context size',
    type: 'invalid_request_error',
  }
  for (const told of await tellAll(t, eventStream(`error: ${JSON.stringify(error)}\n\n`, done), true))
    t.match(told, /^400 .*the request exceeds the available context size/)
})

t.test(
  'a comment is the words of an error in whatever pieces it comes, and only behind the name of one',
  async t => {
    const words = 'Exception: Failed to load image'
    const pieces = [begun, 'eve', 'nt: error', '\n: Except', 'ion: Failed to load', ' image\n', '\n', done]
    const cut = sequence(
      sendHead(200, { 'content-type': 'text/event-stream' }),
      ...pieces.map(piece => write(piece)),
    )
    for (const told of await tellAll(t, cut, true)) t.match(told, words)
    const said = chunk({ content: 'event: error' }, 'stop')
    for (const told of await tellAll(
      t,
      eventStream(': error\n\n', begun, 'event: x\n: error\n\n', said, done),
      true,
    ))
      t.match(told, { text: 'Helevent: error' })
  },
)

t.test('an error that a service calls one of validation is about the request', async t => {
  const error = {
    error: 'Input validation error: `inputs` must have less than 1024 tokens',
    error_type: 'validation',
  }
  for (const told of await tellAll(t, eventStream(`data: ${JSON.stringify(error)}\n\n`, done), true))
    t.match(told, /^400 .*Input validation error/)
})

// https://github.com/vllm-project/vllm/issues/57082
t.test('an answer that the server of the model has aborted is not a whole one', async t => {
  for (const told of await tellAll(t, eventStream(begun, chunk({}, 'abort'), done), true))
    t.match(told, /ended its answer with the reason \W{1,2}abort/)
})

// https://github.com/nodetool-ai/nodetool/pull/5755
t.test('an error inside of a choice is told in its own words, whole and streamed', async t => {
  const error = { code: 502, message: 'The provider went away' }
  const choice = { index: 0, finish_reason: 'error', error }
  const piece = { ...head, object: 'chat.completion.chunk', choices: [{ ...choice, delta: { content: '' } }] }
  const message = { role: 'assistant', content: '' }
  const whole = json({ ...head, object: 'chat.completion', choices: [{ ...choice, message }] })
  const streamed = eventStream(begun, `data: ${JSON.stringify(piece)}\n\n`, done)
  for (const told of [...(await tellAll(t, whole, false)), ...(await tellAll(t, streamed, true))])
    t.match(told, /The provider went away/)
})

// Alibaba behind OpenCode's gateway: https://github.com/anomalyco/opencode/issues/23960
t.test('an error without a type is told in its own words in streams of every API', async t => {
  const words = 'peer closed connection without sending complete message body'
  const error = `data: ${JSON.stringify({ code: 'InternalError', message: words, request_id: 'f44' })}\n\n`
  const streams = [
    [[begun], {}],
    [messageEvents('Hello').slice(0, 4), { type: 'anthropic' }],
    [responseEvents(responseOf('Hello')).slice(0, 5), { api: 'responses' }],
  ] as const
  for (const [events, entry] of streams)
    for (const sent of [error, `event: error\n${error}`])
      for (const told of await tellAll(t, eventStream(...events, sent), true, entry)) t.match(told, words)
})

t.test('a report of progress fails no stream of any API', async t => {
  const streams = [
    [messageEvents('Hello'), { type: 'anthropic' }],
    [responseEvents(responseOf('Hello')), { api: 'responses' }],
  ] as const
  const reports = [{ detail: 'warming up' }, { status: 102, message: 'queued' }, { code: 0, message: 'ok' }]
  for (const [events, entry] of streams)
    for (const report of reports)
      for (const name of ['', 'event: progress\n']) {
        const sent = `${name}data: ${JSON.stringify(report)}\n\n`
        const whole = eventStream(...events.slice(0, 2), sent, ...events.slice(2))
        for (const told of await tellAll(t, whole, true, entry)) t.match(told, { text: 'Hello' })
      }
})

// https://github.com/SillyTavern/SillyTavern/pull/5945
t.test('the code of an error without a message is its message', async t => {
  const body = { error: { code: 'quota_is_gone', type: 'some_error' } }
  for (const told of await tellAll(t, json(body), false)) t.match(told, /quota_is_gone/)
})

t.test('a code with words is an error, unless it says that all is well', async t => {
  const failed = { success: false, code: 500, msg: 'The queue is full', data: null }
  for (const told of await tellAll(t, json(failed), false)) t.match(told, /The queue is full/)
  for (const code of [0, 200, '200'])
    for (const told of await tellAll(t, json({ code, msg: 'fine', data: {} }), false))
      t.notMatch(told, /fine/)
})
