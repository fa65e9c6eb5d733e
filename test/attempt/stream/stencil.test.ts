import t from 'tap'
import { anyCharacter } from '../../any-character.ts'
import fc from 'fast-check'
import { dataOfFrames, withoutEmptyUsage } from '../../../src/attempt/stream/frames.ts'
import { Stencil } from '../../../src/attempt/stream/stencil.ts'
import { isPlainChunk } from '../../../src/chat/read/plain.ts'
import type { Chunk } from '../../../src/contract/index.ts'

const head = { id: 'a', object: 'chat.completion.chunk', created: 1, model: 'm' }
const chunkOf = (delta: Record<string, unknown>, more: object = {}): Chunk => ({
  ...head,
  choices: [{ index: 0, delta, finish_reason: null }],
  ...more,
})
const frame = (chunk: object) => `data: ${JSON.stringify(chunk)}\n\n`
const text = (content: string, more: object = {}) => frame(chunkOf({ content }, more))
const cut = (chunk: Chunk) => Stencil.cut(frame(chunk), chunk)
const stencil = cut(chunkOf({ content: 'x' }))!

const content = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: anyCharacter }),
  fc.constantFrom(
    '"finish_reason":"stop"',
    '"usage":{',
    '"},"error":{"a":"',
    'C:\\',
    '\\"',
    ',"usage":null',
    '\0\n\t',
  ),
)

t.test('frames that differ in their text alone fit, up to the first that differs otherwise', async t => {
  const plain = text('one') + text('two')
  for (const other of [
    frame({ ...head, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }),
    frame({ ...head, choices: [{ index: 1, delta: { content: 'x' }, finish_reason: null }] }),
    frame({ ...head, choices: [{ index: 0, finish_reason: null }] }),
    text('x', { id: 'b' }),
    text('x', { error: { message: 'x' } }),
    text('x', { usage: { prompt_tokens: 1 } }),
    frame(chunkOf({ content: 7 })),
    frame(chunkOf({ tool_calls: 'text' })),
    text('x').replace('}\n', '\n'),
    text('x').replace('x', String.raw`\x`),
    text('x').replace('x', String.raw`\u12G4`),
    text('x').replace('x', '\t'),
    text('x').replaceAll('\n', '\r\n'),
    `event: x\n${text('x')}`,
    'data: [DONE]\n\n',
    ': comment\n\n',
  ]) {
    t.match(stencil.framesIn(plain + other + text('three'), 0), { text: plain, count: 2 }, other)
    t.match(stencil.framesIn(other + plain, 0), { text: '', count: 0 }, other)
  }
  t.equal(stencil.framesIn(plain + text('half').slice(0, -20), 0).text, plain)
  t.equal(stencil.framesIn(text('one') + plain, text('one').length).text, plain)
})

t.test('any text fits', async () => {
  fc.assert(
    fc.property(fc.array(content, { minLength: 1, maxLength: 5 }), contents => {
      const frames = contents.map(part => text(part)).join('')
      const { text: passed, count } = stencil.framesIn(frames + text('', { id: 'b' }), 0)
      const read = dataOfFrames(passed).map(data => (JSON.parse(data) as Chunk).choices[0]?.delta.content)
      return (
        passed === frames &&
        count === contents.length &&
        read.every((part, index) => part === contents[index])
      )
    }),
  )
})

const spoiled = fc.record({
  at: fc.nat(),
  removed: fc.nat(3),
  added: fc.oneof(
    fc.constantFrom('"', '\\', '\n', '{', '}', '"x":"', '\\u00e', '\\/'),
    fc.string({ maxLength: 3 }),
  ),
  part: content,
})

t.test('a spoiled frame fits only if it is still valid and the same in all but its text', async () => {
  fc.assert(
    fc.property(spoiled, ({ at, removed, added, part }) => {
      const whole = text(part)
      const place = at % whole.length
      const sent = whole.slice(0, place) + added + whole.slice(place + removed)
      const passed = stencil.framesIn(sent, 0)
      if (passed.count === 0) return true
      const chunk = JSON.parse(dataOfFrames(passed.text)[0]!) as Chunk
      const same = text(String(chunk.choices[0]?.delta.content))
      return isPlainChunk(chunk, { model: 'm', choices: 1 }) && frame(chunk) === same
    }),
    { numRuns: 2_000 },
  )
})

t.test('a stencil is cut from a chunk with one text of one choice', async t => {
  for (const field of ['content', 'reasoning', 'reasoning_content', 'refusal'])
    t.ok(cut(chunkOf({ role: 'assistant', [field]: 'x' })), field)
  for (const chunk of [
    chunkOf({ content: '' }),
    chunkOf({ role: 'assistant' }),
    chunkOf({ content: 'x', tool_calls: [{ index: 0 }] }),
    { ...head, choices: [] },
    { ...head, choices: [{ index: 0, delta: { content: 'x' }, finish_reason: 'stop' }] },
    { ...head, choices: [0, 1].map(index => ({ index, delta: { content: 'x' }, finish_reason: null })) },
    chunkOf({ content: 'x' }, { usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } }),
  ])
    t.notOk(cut(chunk), JSON.stringify(chunk))
  const twice = text('x').replace('"content"', '"content":"y","content"')
  t.notOk(Stencil.cut(twice, chunkOf({ content: 'x' })), 'the field that counts is the last of its name')
})

t.test('padding may differ, too', async t => {
  for (const name of ['obfuscation', 'p']) {
    const padded = cut(chunkOf({ content: 'x' }, { [name]: 'abc' }))!
    t.equal(padded.framesIn(text('y', { [name]: 'd' }) + text('z', { [name]: '' }), 0).count, 2, name)
    t.equal(padded.framesIn(text('y'), 0).count, 0, name)
  }
})

t.test('empty usage is removed, text about it stays', async t => {
  const counted = cut(chunkOf({ content: 'x' }, { usage: null }))!
  const about = ',"usage":null'
  const frames = counted.framesIn(text('a', { usage: null }) + text(about, { usage: null }), 0)
  t.equal(withoutEmptyUsage(frames), text('a') + text(about))
  const uncounted = stencil.framesIn(text('a') + text(about), 0)
  t.equal(withoutEmptyUsage(uncounted), text('a') + text(about))
})
