import t from 'tap'
import { ChunkReader } from '../../../src/chat/read/chunk.ts'
import { readCompletion } from '../../../src/chat/read/completion.ts'
import { isPlainChunk, isPlainCompletion } from '../../../src/chat/read/plain.ts'
import { UnreadableAnswer } from '../../../src/chat/read/unreadable.ts'

const expected = { model: 'm', choices: 1 }
const head = { id: 'c', created: 1, model: 'm' }
const call = { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }
const wholeOf = (finish_reason: unknown, more: object = {}) => ({
  ...head,
  object: 'chat.completion',
  usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
  choices: [{ index: 0, message: { role: 'assistant', content: 'hi', ...more }, finish_reason }],
})
const chunkOf = (finish_reason: unknown) => ({
  ...head,
  object: 'chat.completion.chunk',
  choices: [{ index: 0, delta: { content: 'hi' }, finish_reason }],
})
const whole = (finish: unknown, more?: object) =>
  readCompletion(wholeOf(finish, more), expected).choices[0]?.finish_reason
const streamed = (finish: unknown) =>
  new ChunkReader(expected).read(chunkOf(finish))?.choices[0]?.finish_reason

t.test('the finish reasons of other services become those of OpenAI', async t => {
  const meant = {
    length: ['length', 'MAX_TOKENS', 'max_tokens', 'model_length', 'model_context_window_exceeded'],
    stop: ['stop', 'STOP', 'eos', 'eos_token', 'end_turn', 'stop_sequence', 'COMPLETE'],
    content_filter: ['content_filter', 'SAFETY', 'sensitive', 'RECITATION', 'refusal'],
  }
  for (const [finish, words] of Object.entries(meant))
    for (const word of words) {
      t.equal(whole(word), finish, word)
      t.equal(streamed(word), finish, word)
      const isPlain = word === finish
      t.equal(isPlainCompletion(wholeOf(word), expected), isPlain, word)
      t.equal(isPlainChunk(chunkOf(word), expected), isPlain, word)
    }
  t.equal(whole('tool_use', { tool_calls: [call] }), 'tool_calls')
  t.equal(whole('no_such_reason'), 'no_such_reason')
})

t.test('a reason that says that the service failed is its failure', async t => {
  const words = ['error', 'network_error', 'insufficient_system_resource', 'MALFORMED_FUNCTION_CALL']
  for (const word of [...words, 'function_call_filter: MALFORMED_FUNCTION_CALL', 'UNEXPECTED_TOOL_CALL']) {
    t.throws(() => whole(word), UnreadableAnswer)
    t.throws(() => streamed(word), UnreadableAnswer)
  }
})

t.test('an answer without tool calls does not end for them, which would make agents ask again', async t => {
  t.equal(whole('tool_calls'), 'stop')
  t.equal(whole('tool_calls', { tool_calls: [] }), 'stop')
  t.equal(whole('tool_calls', { tool_calls: [call] }), 'tool_calls')
  const legacy = { content: null, function_call: { name: 'f', arguments: '{}' } }
  t.equal(whole('function_call', legacy), 'function_call')
  t.equal(whole('stop', legacy), 'stop')
})
