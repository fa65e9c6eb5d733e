import fc from 'fast-check'
import t from 'tap'
import { ChunkReader } from '../../../src/chat/read/chunk.ts'
import { readCompletion } from '../../../src/chat/read/completion.ts'
import { errorIn } from '../../../src/chat/read/error.ts'
import { isPlainChunk, isPlainCompletion } from '../../../src/chat/read/plain.ts'
import { mutated, mutationsOf, nothings, strangers } from './mutations.ts'

type Answer = { readonly choices: readonly object[] }

const usage = {
  prompt_tokens: 3,
  completion_tokens: 5,
  total_tokens: 8,
  prompt_tokens_details: { cached_tokens: 1 },
  completion_tokens_details: { reasoning_tokens: 2 },
}
const head = { id: 'chatcmpl-1', created: 1_700_000_000, model: 'm', service_tier: 'default' }
/** Fields that have no effect while they are null. */
const empty = { refusal: null, reasoning_content: null, audio: null, function_call: null, stop_reason: null }
const message = { role: 'assistant', content: 'Yes.', annotations: [], reasoning: 'Hm.', ...empty }
const completion = {
  ...head,
  object: 'chat.completion',
  choices: [
    { index: 0, message, logprobs: null, finish_reason: 'stop' },
    { index: 1, message, finish_reason: 'length' },
  ],
  usage,
}
const chunk = {
  ...head,
  object: 'chat.completion.chunk',
  choices: [
    { index: 1, delta: { role: 'assistant', content: 'Yes', ...empty }, logprobs: null, finish_reason: null },
  ],
  usage: null,
}
const called = { name: 'look_up', arguments: '{"name":' }
const calls = [{ index: 0, id: 'call_1', type: 'function', function: called }]
const callChunk = {
  ...chunk,
  choices: [
    { index: 1, delta: { role: 'assistant', content: null, tool_calls: calls }, finish_reason: null },
  ],
}
const argumentsChunk = {
  ...chunk,
  choices: [{ index: 1, delta: { tool_calls: [{ index: 0, function: { arguments: ' "é"}' } }] } }],
}
const lastChunk = { ...chunk, choices: [], usage }
const chunks: readonly Answer[] = [chunk, lastChunk, callChunk, argumentsChunk]
const asked = { model: 'm', choices: 2 }

/** The same answers, with an error beside what they say. */
function failing(valid: Answer): object[] {
  const error = { message: 'upstream boom', code: 502 }
  return [
    { ...valid, choices: valid.choices.map(choice => ({ ...choice, error })) },
    { ...valid, base_resp: { status_code: 1002, status_msg: 'too many requests' } },
    { ...valid, x_groq: { error: 'over capacity' } },
    { ...valid, error },
  ]
}

/** A valid answer with one of its values changed, and maybe another. */
function nearly(valid: object): fc.Arbitrary<unknown> {
  const values = [...nothings, ...strangers]
  return mutationsOf(valid, values).chain(first => {
    const once = mutated(valid, first) as object
    return fc.oneof(
      fc.constant(once),
      mutationsOf(once, values).map(second => mutated(once, second)),
    )
  })
}

function nearlyAny(valid: readonly Answer[]): fc.Arbitrary<unknown> {
  return fc.oneof(...[valid, valid.flatMap(failing)].map(answers => fc.oneof(...answers.map(nearly))))
}

t.test('answers with nothing to correct are plain', async t => {
  t.ok(isPlainCompletion(completion, asked))
  t.ok(isPlainChunk(chunk, asked))
  t.ok(isPlainChunk(lastChunk, asked))
  t.ok(isPlainChunk(callChunk, asked))
  t.ok(isPlainChunk(argumentsChunk, asked))
})

t.test('the reader returns a plain answer unchanged, and finds no error in it', async t => {
  let plain = 0
  fc.assert(
    fc.property(nearlyAny([completion]), value => {
      if (!isPlainCompletion(value, asked)) return
      plain++
      t.equal(errorIn(value), undefined, JSON.stringify(value))
      t.equal(readCompletion(value, asked), value, JSON.stringify(value))
    }),
    { numRuns: 5000, seed: 1 },
  )
  t.ok(plain > 100, 'enough of them are')
})

t.test('the reader returns a plain chunk unchanged, and finds no error in it', async t => {
  let plain = 0
  fc.assert(
    fc.property(nearlyAny(chunks), value => {
      if (!isPlainChunk(value, asked)) return
      plain++
      t.equal(errorIn(value), undefined, JSON.stringify(value))
      const reader = new ChunkReader(asked)
      // Both choices have begun: the first chunk of one needs a role.
      const choices = [0, 1].map(index => ({ ...chunk.choices[0], index }))
      reader.read({ ...chunk, choices, id: value.id, model: value.model })
      t.equal(reader.read(value), value, JSON.stringify(value))
    }),
    { numRuns: 5000, seed: 1 },
  )
  t.ok(plain > 100, 'enough of them are')
})

t.test('a chunk without an id gets that of the preceding plain chunk', async t => {
  const reader = new ChunkReader(asked)
  t.equal(reader.glance(chunk), chunk)
  const { id: _id, model: _model, created: _created, ...nameless } = chunk
  t.match(reader.read(nameless), { id: head.id, model: head.model, created: head.created })
})
