import t from 'tap'
import { noSignature, withSignedCalls } from '../../../src/providers/spelling/calls/call-signatures.ts'
import { withoutChatSeals } from '../../../src/providers/spelling/chat-seals.ts'
import type { Message } from '../../../src/contract/index.ts'

function historyWith(service: string): readonly Message[] {
  const called = { name: 'ls', arguments: '{}' }
  const extra_content = { [service]: { thought_signature: 'c2ln' } }
  return [
    { role: 'user', content: 'Hi' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'c1', type: 'function', function: called, extra_content }],
    },
  ]
}

t.test('a call is signed only by a signature that its service reads', async t => {
  const ofVertex = historyWith('vertex')
  t.match(withSignedCalls(ofVertex, 'google')[1], { tool_calls: [{ extra_content: noSignature }] })
  t.equal(withSignedCalls(ofVertex), ofVertex, 'it may be the one of an unknown service')
  const ofGoogle = historyWith('google')
  t.equal(withSignedCalls(ofGoogle, 'google'), ofGoogle)
})

t.test('refused signatures of calls are replaced, whichever service made them', async t => {
  for (const service of ['google', 'vertex']) {
    const body = withoutChatSeals({ messages: historyWith(service) }, seal => seal === 'c2ln')
    t.match(body['messages'], [{}, { tool_calls: [{ extra_content: noSignature }] }], service)
    const call = (body['messages'] as Message[])[1]!.tool_calls![0]!
    t.same(call['extra_content' as keyof typeof call], noSignature)
  }
})
