import fc from 'fast-check'
import t from 'tap'
import { withNotedThoughts } from '../../src/chat/notes/noted-thoughts.ts'
import type { Completion, Message } from '../../src/contract/index.ts'
import { KeptThoughts } from '../../src/server/kept/kept-thoughts.ts'
import { SeenAnswer } from '../../src/server/kept/seen-answer.ts'
import { MemoryStore } from '../../src/store/memory/memory-store.ts'

const settings = { enabled: true, ttl: 60, max_bytes: 10_000, max_total_bytes: 1_000_000 } as never

/** Thoughts in a store of their own, and the keys that were looked up. */
function keptThoughts() {
  const { values } = new MemoryStore(() => 1_000_000)
  const asked: string[] = []
  const counting = {
    ...values,
    get: async (key: string) => {
      asked.push(key)
      return await values.get(key)
    },
    set: async (...entry: Parameters<typeof values.set>) => await values.set(...entry),
  }
  return { thoughts: new KeptThoughts(counting, 'one:', settings), asked }
}

const user = (content: unknown): Message => ({ role: 'user', content }) as Message

/** The message of a model that calls a tool; services that count their calls name the first one alike. */
function calling(given: string, thought?: string): Message {
  const calls = [{ id: 'call_0', type: 'function', function: { name: 'bash', arguments: given } }]
  const message = { role: 'assistant', content: null, tool_calls: calls }
  return thought === undefined ? message : { ...message, reasoning_content: thought }
}

function answered(message: Message): Completion {
  return { choices: [{ index: 0, message, finish_reason: 'tool_calls' }] } as unknown as Completion
}

/** The thought that is noted for the last message. */
async function noted(thoughts: KeptThoughts, messages: readonly Message[]): Promise<unknown> {
  await thoughts.note(messages)
  return withNotedThoughts(messages).at(-1)?.['reasoning_content']
}

t.test('a call gets back the thought that led to it, however its client spells the arguments', async t => {
  const { thoughts } = keptThoughts()
  await thoughts.keep([user('List')], answered(calling('{"cmd": "ls"}', 'I list.')))
  t.equal(await noted(thoughts, [user('List'), calling('{"cmd":"ls"}')]), 'I list.')
  const parts = [{ type: 'text', text: 'List', cache_control: { type: 'ephemeral' } }]
  await thoughts.keep([user(parts)], answered(calling('{}', 'I think.')))
  t.equal(await noted(thoughts, [user([{ type: 'text', text: 'List' }]), calling('{}')]), 'I think.')
})

t.test('the same id in another conversation has nothing of this one', async t => {
  const { thoughts } = keptThoughts()
  await thoughts.keep([user('Clean up'), user('continue')], answered(calling('{"cmd":"rm"}', 'secret')))
  t.equal(await noted(thoughts, [user('Clean up'), user('continue'), calling('{"cmd":"ls"}')]), undefined)
  t.equal(await noted(thoughts, [user('Look'), user('continue'), calling('{"cmd":"rm"}')]), undefined)
})

t.test('only the newest calls of a long conversation are looked up', async t => {
  const { thoughts, asked } = keptThoughts()
  const question = user('x'.repeat(1_000))
  await thoughts.keep([question], answered(calling('{}', 'I think.')))
  const looksUp = async (...answers: readonly Message[]): Promise<number> => {
    asked.length = 0
    await thoughts.note([question, ...answers])
    // One more asks for the mark of the question.
    return asked.length - 1
  }
  t.equal(await looksUp(...Array.from({ length: 1_000 }, () => calling('{}'))), 256)
  const many = { ...calling('{}'), tool_calls: Array.from({ length: 1_000 }, () => ({ id: 'a' })) }
  t.equal(await looksUp(many as unknown as Message), 256)
})

t.test('no call is looked up in a conversation without kept thoughts', async t => {
  const { thoughts, asked } = keptThoughts()
  await thoughts.keep([user('x')], answered(calling('{}')))
  await thoughts.note([user('x'), ...Array.from({ length: 100 }, () => calling('{}'))])
  t.equal(asked.length, 1)
})

t.test('a body that is not checked yet is looked through without an error', async t => {
  const odd = fc.jsonValue({ maxDepth: 3 })
  const message = fc.oneof(
    odd,
    fc.record({
      role: fc.constantFrom('user', 'assistant'),
      content: fc.oneof(odd, fc.array(odd)),
      tool_calls: fc.oneof(odd, fc.array(odd)),
    }),
  )
  const { thoughts } = keptThoughts()
  const property = fc.asyncProperty(fc.array(message), async messages => {
    await thoughts.keep(messages, answered(calling('{}', 'I think.')))
    await thoughts.note(messages)
  })
  await fc.assert(property)
  t.pass()
})

t.test('an answer is seen whole, in whatever frames its service writes', async t => {
  for (const space of ['', ' ']) {
    const seen = new SeenAnswer()
    const send = (delta: object) =>
      seen.relayed(`data:${space}${JSON.stringify({ choices: [{ index: 0, delta }] })}\n\n`)
    for (const reasoning_content of ['A', 'B', 'C']) send({ reasoning_content })
    send({ tool_calls: [{ index: 0, id: 'call_0', function: { name: 'f', arguments: '{}' } }] })
    const completion = await seen.completion()
    t.match(completion?.choices[0]?.message, { reasoning_content: 'ABC', tool_calls: [{ id: 'call_0' }] })
  }
})

t.test('the signature of a text of Gemini is seen in a stream', async t => {
  const seen = new SeenAnswer()
  const extra_content = { google: { thought_signature: 's' } }
  const call = { index: 0, id: 'call_0', function: { name: 'f', arguments: '{}' } }
  for (const delta of [{ content: 'Hi', extra_content }, { tool_calls: [call] }])
    seen.relayed(`data: ${JSON.stringify({ choices: [{ index: 0, delta }] })}\n\n`)
  t.match((await seen.completion())?.choices[0]?.message, { extra_content })
})

t.test('an answer without thoughts is not put together', async t => {
  const seen = new SeenAnswer()
  const call = { index: 0, id: 'call_0', function: { name: 'f', arguments: '{}' } }
  const delta = { reasoning_content: null, reasoning: '', reasoning_details: [], tool_calls: [call] }
  const usage = { completion_tokens_details: { reasoning_tokens: 0 } }
  seen.relayed(`data: ${JSON.stringify({ choices: [{ index: 0, delta }], usage })}\n\n`)
  t.equal(await seen.completion(), undefined)
})
