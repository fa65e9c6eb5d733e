import { fin, head, raw, reset, sequence, write } from './actions.ts'
import { answer, body, completion, error, json } from './answers.ts'
import type { Action } from './exchange.ts'
import { stream } from './stream.ts'

type Faults = Readonly<Record<string, Action>>

const long = 'x'.repeat(20_000)
const whole = { id: 'chatcmpl-fake', object: 'chat.completion', created: 1_700_000_000, model: 'fake-model' }
const failed = {
  error: { message: 'The model has failed', type: 'server_error', param: null, code: null },
}

/** No usable response head. */
const headFaults: Faults = {
  'a reset before any byte': reset(),
  'a close before any byte': fin(),
  'a reset within the head': sequence(raw('HTTP/1.1 200 OK\r\ncontent-ty'), reset()),
  'a close within the head': sequence(raw('HTTP/1.1 200 OK\r\ncontent-ty'), fin()),
  'another protocol': sequence(raw('SSH-2.0-OpenSSH_9.6\r\n'), fin()),
  'HTML without a status line': sequence(raw('<html><body>Bad gateway</body></html>\r\n'), fin()),
  'lines that end without a carriage return': sequence(
    raw('HTTP/1.1 200 OK\ncontent-length: 2\n\n{}'),
    fin(),
  ),
  'headers over 16 KiB': json(whole, { headers: { 'x-long': long } }),
  'two content lengths': sequence(
    raw('HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}'),
    fin(),
  ),
  'a content length and chunks': sequence(
    head(200, { 'content-length': 2, 'transfer-encoding': 'chunked' }),
    write('{}'),
  ),
  'a 100 nobody asked for': sequence(raw('HTTP/1.1 100 Continue\r\n\r\n'), answer()),
}

/** A status that is not an answer. */
const statusFaults: Faults = {
  'a redirect': body('', { status: 302, headers: { location: 'http://127.0.0.1:1/v1/chat/completions' } }),
  'no content': head(204),
  'a 205': body('', { status: 205 }),
  'not modified': head(304),
  'an empty 200': json(''),
  'a status below 100': sequence(raw('HTTP/1.1 99 Low\r\ncontent-length: 2\r\n\r\n{}'), fin()),
  'a status over 599': error(600),
  'an HTML error page': error(502, '<html><body>Bad gateway</body></html>'),
}

const cut = (framing: 'length' | 'chunked' | 'close', by: Action): Action =>
  completion('an answer that breaks off', { framing, cut: { at: 40, by } })

/** A valid head with a body that breaks off. */
const bodyFaults: Faults = {
  'a reset within a body of known length': cut('length', reset()),
  'a close within a body of known length': cut('length', fin()),
  'a reset between chunks': cut('chunked', reset()),
  'a close between chunks': cut('chunked', fin()),
  'a reset in a body that ends with the connection': cut('close', reset()),
  'a close in a body that ends with the connection': cut('close', fin()),
  'a chunk size that is no number': sequence(
    head(200, { 'transfer-encoding': 'chunked', 'content-type': 'application/json' }),
    raw('zz\r\n{}\r\n'),
  ),
}

/** A complete body that is not an answer. */
const shapeFaults: Faults = {
  'a body that is no JSON': json('{"choices": ['),
  'HTML as a success': body('<html><body>Sign in</body></html>', {
    headers: { 'content-type': 'text/html' },
  }),
  'an error as a success': json(failed),
  'JSON null': json(null),
  'a list': json([]),
  'no choices': json(whole),
  'an empty list of choices': json({ ...whole, choices: [] }),
  'a choice without a message': json({ ...whole, choices: [{ index: 0, finish_reason: 'stop' }] }),
  'a message with neither content nor tool calls': completion({ content: null }),
}

const messageWith = (fields: object) =>
  json({
    ...whole,
    choices: [{ index: 0, message: { role: 'assistant', content: 'x', ...fields }, finish_reason: 'stop' }],
  })
const functionWith = (fields: object) => [
  { index: 0, id: 'c', type: 'function', function: { name: 'f', arguments: '{}', ...fields } },
]

/** An answer whose fields have types of their own. */
const typeFaults: Faults = {
  'a choice that is null': json({ ...whole, choices: [null] }),
  'choices that are a text': json({ ...whole, choices: 'one' }),
  'a message that is a text': json({ ...whole, choices: [{ index: 0, message: 'x' }] }),
  'a content that is a number': messageWith({ content: 5 }),
  'a content that is an object': messageWith({ content: { text: 'x' } }),
  'tool calls that are a text': messageWith({ tool_calls: 'abc' }),
  'a tool whose name is an object': messageWith({ tool_calls: functionWith({ name: {} }) }),
}

const delta = (fields: object, choice: object = {}): Action =>
  write(
    `data: ${JSON.stringify({ ...whole, object: 'chat.completion.chunk', choices: [{ index: 0, delta: fields, finish_reason: null, ...choice }] })}\n\n`,
  )
const streamOf = (action: Action) => stream([action], { role: false })

/** A stream whose first event has fields with types of their own. */
const streamTypeFaults: Faults = {
  'a first delta with a content that is a number': streamOf(delta({ content: 5 })),
  'a first delta with tool calls that are a text': streamOf(delta({ tool_calls: 'abc' })),
  'a first choice of billions': streamOf(delta({ content: 'x' }, { index: 4_294_967_294 })),
  'a first choice named __proto__': streamOf(delta({ content: 'x' }, { index: '__proto__' })),
  'a tool call of billions': streamOf(
    delta({ tool_calls: [{ ...functionWith({})[0], index: 4_294_967_294 }] }),
  ),
  'a tool call named __proto__': streamOf(
    delta({ tool_calls: [{ ...functionWith({})[0], index: '__proto__', map: 1 }] }),
  ),
}

/** A stream that fails before the first content. */
const streamStartFaults: Faults = {
  'a stream without an event': stream([], { role: false, finish: null, done: false }),
  'a stream with comments alone': stream([write(': waiting\n\n')], {
    role: false,
    finish: null,
    done: false,
  }),
  'a reset after the head of a stream': stream([reset()], { role: false }),
  'a reset after the role': stream([reset()]),
  'a close after the role': stream([fin()]),
  'a reset after the role where the end is the close': stream([reset()], { framing: 'close' }),
  'an error as the first event': stream([failed], { role: false, finish: null, done: false }),
  'an error after the role': stream([failed], { finish: null, done: false }),
  'an event that is no JSON first': stream([write('data: {"id":\n\n')], { role: false, finish: null }),
  'a clean end after the role': stream([], { finish: null, done: false }),
}

/** A stream that fails after the content `one `. */
const streamMiddleFaults: Faults = {
  'a reset between events': stream(['one ', reset()]),
  'a close between events': stream(['one ', fin()]),
  'a reset in a stream that ends with the connection': stream(['one ', reset()], { framing: 'close' }),
  'a close in a stream that ends with the connection': stream(['one ', fin()], { framing: 'close' }),
  'a reset within an event': stream(['one ', write('data: {"id"'), reset()]),
  'a clean end without a reason': stream(['one '], { finish: null, done: false }),
  'an error between events': stream(['one ', failed], { finish: null, done: false }),
  'events that are no JSON': stream(['one ', write('data: {"id":\n\n'.repeat(2)), 'two']),
}

/** Ways in which providers fail, by the point where they do. Timeouts are not among them; use `hold`. */
export const faults = {
  head: headFaults,
  status: statusFaults,
  body: bodyFaults,
  shape: shapeFaults,
  types: typeFaults,
  streamTypes: streamTypeFaults,
  streamStart: streamStartFaults,
  streamMiddle: streamMiddleFaults,
}
