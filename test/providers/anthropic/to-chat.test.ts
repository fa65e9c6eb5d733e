import t from 'tap'
import { toChatCompletion, toChatUsage } from '../../../src/providers/anthropic/to-chat.ts'
import { messageOf, usage } from '../../fake-messages.ts'

const bill = {
  prompt_tokens: 127,
  completion_tokens: 5,
  total_tokens: 132,
  prompt_tokens_details: { cached_tokens: 20, cache_creation_tokens: 100 },
}

t.test('a message is a completion with one choice', async t => {
  t.match(toChatCompletion(messageOf('Hello')), {
    id: 'msg_1',
    object: 'chat.completion',
    created: Number,
    model: 'claude-fake',
    choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
    usage: bill,
  })
})

t.test('blocks become the fields of a message', async t => {
  const thinking = { type: 'thinking', thinking: 'Hmm', signature: 'sig' }
  const hidden = { type: 'redacted_thinking', data: 'xyz' }
  const call = { type: 'tool_use', id: 'toolu_1', name: 'weather', input: { place: 'Oslo' } }
  const message = (content: object[]) =>
    toChatCompletion(messageOf(content as Record<string, unknown>[]))?.choices?.[0]?.message
  const text = { type: 'text', text: 'one ' }
  t.same(
    message([thinking, hidden, text, { type: 'web_search_tool_result' }, { ...text, text: 'two' }, call]),
    {
      role: 'assistant',
      content: 'one two',
      reasoning_content: 'Hmm',
      thinking_blocks: [thinking, hidden],
      tool_calls: [
        { id: 'toolu_1', type: 'function', function: { name: 'weather', arguments: '{"place":"Oslo"}' } },
      ],
    },
  )
  t.match(message([call]), { content: null })
  t.same(message([]), { role: 'assistant', content: '' }, 'a model that has nothing to add')
})

t.test('every stop reason has a counterpart', async t => {
  for (const [stop, finish] of Object.entries({
    end_turn: 'stop',
    stop_sequence: 'stop',
    max_tokens: 'length',
    model_context_window_exceeded: 'length',
    tool_use: 'tool_calls',
    refusal: 'content_filter',
    pause_turn: 'length',
    something_new: 'stop',
  }))
    t.equal(toChatCompletion(messageOf('x', { stop }))?.choices?.[0]?.finish_reason, finish, stop)
})

t.test('a body that is not a message is not a completion', async t => {
  for (const value of [null, 'text', 5, [], {}, { content: 5 }, { choices: [] }])
    t.equal(toChatCompletion(value), undefined)
})

t.test('cached tokens are part of the prompt; without counts there is no usage', async t => {
  t.same(toChatUsage(usage), bill)
  t.same(toChatUsage({ input_tokens: 1, output_tokens: 2, cache_read_input_tokens: null }), {
    prompt_tokens: 1,
    completion_tokens: 2,
    total_tokens: 3,
    prompt_tokens_details: { cached_tokens: 0 },
  })
  const thought = { ...usage, output_tokens_details: { thinking_tokens: 3 } }
  t.same(toChatUsage(thought), { ...bill, completion_tokens_details: { reasoning_tokens: 3 } })
  for (const none of [undefined, null, {}, { input_tokens: 1 }, { output_tokens: 1 }])
    t.equal(toChatUsage(none), undefined)
})
