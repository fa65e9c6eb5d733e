import t from 'tap'
import { chooseQuestion } from './client/question.ts'
import type { Dialect, Heard, Question } from './exchange.ts'
import { judgeAnswer } from './judge/answer.ts'
import { judgeLog } from './judge/logged.ts'
import { Random } from './random.ts'
import { pollution } from './subject/prototypes.ts'
import { mutatedAnswer } from './upstream/answer.ts'
import { providerKey } from './upstream/errors.ts'

const head = 'HTTP/1.1 200 OK\r\n'
const chunk = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm' }
const delta = { ...chunk, choices: [{ index: 0, delta: { content: 'x' }, finish_reason: null }] }
const finish = { ...chunk, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }

const frames = (...data: readonly unknown[]) =>
  data.map(each => `data: ${typeof each === 'string' ? each : JSON.stringify(each)}\n\n`).join('')

function question(dialect: Dialect, stream = false, model = 'm_chat'): Question {
  return { dialect, kind: 'chat', stream, body: { model }, times: 1 }
}

function heard(
  text: string,
  { status = 200, stream = false, ending = 'whole' }: Partial<Heard> & { stream?: boolean } = {},
): Heard {
  return {
    status,
    text,
    ending,
    headers: { 'content-type': stream ? 'text/event-stream' : 'application/json' },
  }
}

function rules(asked: Question, response: Heard, sent = ''): string[] {
  const answer = { head, pieces: [sent], packets: [], framing: 'length', end: 'keep' } as const
  return judgeAnswer(asked, [answer], response).map(({ rule }) => rule)
}

t.test('a valid stream breaks no rule, and each fault has a name', async t => {
  const stream = (text: string, ending?: Heard['ending']) =>
    rules(question('chat', true), heard(text, { stream: true, ...(ending && { ending }) }), frames('[DONE]'))
  t.same(stream(frames(delta, finish, '[DONE]')), [])
  t.same(stream(frames(delta), 'broken'), [], 'a connection that breaks is an honest end')
  t.same(stream(frames(delta)), ['relayed chat stream: a stream just stops'])
  t.same(stream(frames(delta, '[DONE]')), ['relayed chat stream: a stream ends before one of its choices'])
  t.same(stream(frames(delta, '{"a" 1}', finish)), ['relayed chat stream: an event is no JSON object'])
  t.same(stream(frames({ error: { message: 'x', code: 'internal_error' } })), [
    'relayed chat stream: an internal error',
  ])
})

t.test('a truncated answer presented as complete is found', async t => {
  const whole = frames(delta, finish, '[DONE]')
  const cut = rules(question('chat', true), heard(whole, { stream: true }), frames(delta))
  t.same(cut, ['relayed chat stream: a cut answer looks whole'])
  const usage = { choices: [], usage: { prompt_tokens: 1, completion_tokens: 1 } }
  const ended = rules(question('chat', true), heard(whole, { stream: true }), frames(delta, usage))
  t.same(ended, [], 'usage alone is the end of some services')
  const between = rules(question('chat', true), heard(whole, { stream: true }), frames(usage, delta))
  t.same(between, cut, 'but not if more comes behind it')
  for (const nothing of ['1e+308', {}, { then: 1 }, '{"a" 1}', { choices: [] }]) {
    const sent = frames(delta, usage, nothing)
    t.same(rules(question('chat', true), heard(whole, { stream: true }), sent), [], 'which these do not')
  }
})

t.test('a wrong status, a leaked key and a late answer are found', async t => {
  const error = (message: string) =>
    JSON.stringify({ error: { message, type: 'server_error', param: null, code: null } })
  t.same(rules(question('chat'), heard(error('x'), { status: 500 })), ['relayed chat whole: a 500 of ours'])
  t.same(rules(question('chat'), heard(error('x'), { status: 400 })), [
    'relayed chat whole: a 400 though no provider refused',
  ])
  const refusal = JSON.stringify({ message: 'x', code: 400 })
  t.same(rules(question('chat'), heard(error('x'), { status: 400 }), refusal), [], 'under whatever status')
  t.same(rules(question('chat'), heard(error('x'), { status: 502 })), [])
  t.same(rules(question('chat'), heard(error(providerKey), { status: 502 })), [
    'relayed chat whole: tells the key of the provider',
  ])
  t.same(rules(question('chat'), heard('', { ending: 'late' })), [
    'relayed chat whole: no end within the deadline',
  ])
})

t.test('translated answers must follow the strict rules of their dialect', async t => {
  const start = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'm',
    content: [],
    stop_reason: null,
  }
  const usage = { input_tokens: 1, output_tokens: 1 }
  const whole = {
    ...start,
    content: [{ type: 'text', text: 'x', citations: null }],
    stop_reason: 'end_turn',
    usage,
  }
  t.same(rules(question('messages'), heard(JSON.stringify(whole)), JSON.stringify(finish)), [
    'messages whole: content[].citations: expected array',
  ])
})

t.test('broken arguments of a tool call are a fault unless the provider sent them', async t => {
  const event = (type: string, fields: object) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`
  const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [] }
  const delta = { type: 'input_json_delta', partial_json: '{"a"' }
  const told = [
    event('message_start', { message: { ...message, usage: { input_tokens: 1, output_tokens: 1 } } }),
    event('content_block_start', {
      index: 0,
      content_block: { type: 'tool_use', id: 'a', name: 'f', input: {} },
    }),
    event('content_block_delta', { index: 0, delta }),
    event('content_block_stop', { index: 0 }),
    event('message_delta', { delta: { stop_reason: 'tool_use' } }),
    event('message_stop', {}),
  ].join('')
  const judge = (args: string) => {
    const piece = { index: 0, id: 'a', function: { name: 'f', arguments: args } }
    const sent = { ...chunk, choices: [{ index: 0, delta: { tool_calls: [piece] }, finish_reason: null }] }
    return rules(question('messages', true), heard(told, { stream: true }), frames(sent, finish, '[DONE]'))
  }
  t.same(judge('{"a"'), [])
  const whole = (args: string) => {
    const output = [{ type: 'function_call', name: 'f', arguments: args }]
    return rules(question('messages', true), heard(told, { stream: true }), JSON.stringify({ output }))
  }
  t.same(whole('length'), [], 'also if a whole answer is told as a stream')
  t.same(whole('{}'), ['messages stream: the input of a tool_use is no JSON object'])
  t.same(judge('{"a":1}'), ['messages stream: the input of a tool_use is no JSON object'])
  const rest = { type: 'input_json_delta', partial_json: '}' }
  for (const [name, unread] of [
    ['new_event', rest],
    ['content_block_delta', { ...rest, type: 'new_delta' }],
  ] as const) {
    const sent = event('content_block_delta', { index: 0, delta }) + event(name, { index: 0, delta: unread })
    const found = rules(question('messages', true), heard(told, { stream: true }), sent)
    t.same(found, [], 'no reader knows the rest')
  }
})

t.test('our own error in the log is identified by the line that threw it', async t => {
  const stack =
    'HulumanageError: An error in the server\n    at send (src/server/send.ts:3:4)\n' +
    'caused by: TypeError: id.replace is not a function\n    at stem (src/dialects/object.ts:32:36)'
  const line = JSON.stringify({ level: 50, code: 'internal_error', msg: 'request failed', err: { stack } })
  t.same(
    judgeLog([line]).map(({ rule }) => rule),
    ['internal_error: TypeError: id.replace is not a function at src/dialects/object.ts:32'],
  )
  t.same(judgeLog([JSON.stringify({ level: 40, code: 'upstream_error', msg: 'request failed' })]), [])
})

t.test('an addition to a built-in prototype is detected', async t => {
  t.same(pollution(), [])
  Object.defineProperty(Promise, 'parse', { value: 1, configurable: true })
  t.teardown(() => Reflect.deleteProperty(Promise, 'parse'))
  t.same(pollution(), ['Promise[parse]'])
})

t.test('a seed and a number reproduce the same question and answers', async t => {
  const filter = { dialects: [], kinds: [], chains: [], streams: [] }
  const make = (number: number) => {
    const asked = chooseQuestion(new Random(7, number), number, filter)
    const path = asked.dialect === 'embeddings' ? '/v1/embeddings' : '/v1/chat/completions'
    return [asked, mutatedAnswer(new Random(7, number, 1), { path, body: asked.body })]
  }
  const numbers = Array.from({ length: 300 }, (_, number) => number)
  t.same(numbers.map(make), numbers.map(make))
  t.equal(new Set(numbers.map(number => JSON.stringify(make(number)))).size, numbers.length)
})
