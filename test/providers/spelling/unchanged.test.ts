import t from 'tap'
import { acceptedEverywhere } from '../../../src/providers/spelling/accepts.ts'
import { spellChat } from '../../../src/providers/spelling/chat-request.ts'

const call = { id: 'call_0001', type: 'function', function: { name: 'look', arguments: '{}' } }
const request = {
  model: 'm',
  messages: [
    { role: 'user', content: 'Look' },
    { role: 'assistant', content: null, tool_calls: [call] },
    { role: 'tool', tool_call_id: 'call_0001', content: 'A tree' },
  ],
}

t.test('a request that every service takes stays the same object, so that its own bytes are sent', t => {
  const accepts = {
    ...acceptedEverywhere,
    known: true,
    textCalls: true,
    thoughtsAsSent: false,
    thoughtless: false,
  }
  for (const native of [true, false, undefined])
    t.equal(spellChat(request, { accepts, model: 'm', native }), request)
  const refused = { role: 'assistant', content: null, refusal: 'No' }
  const changed = { ...request, messages: [...request.messages, refused] }
  t.same(spellChat(changed, { accepts, model: 'm', native: true }).messages.at(-1), {
    role: 'assistant',
    content: 'No',
  })
  t.end()
})
