import t from 'tap'
import fc from 'fast-check'
import { dataOfFrames, PlainFrames, withoutEmptyUsage } from '../../../src/attempt/stream/passthrough.ts'

const text = (content: string, more: object = {}) =>
  `data: ${JSON.stringify({ id: 'a', choices: [{ index: 0, delta: { content }, finish_reason: null }], ...more })}\n\n`
const takeFrom = (frames: string) => new PlainFrames(frames).take()
const last = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'

t.test('text events are passed through up to the first that contains anything else', async t => {
  const plain = text('one') + text('two')
  for (const telling of [
    last,
    'data: {"choices":[],"usage":{"prompt_tokens":1}}\n\n',
    'data: {"error":{"message":"x"}}\n\n',
    'data: {"object": "error", "message": "x"}\n\n',
    'data: [DONE]\n\n',
    ': comment\n\n',
    'event: x\ndata: {"a":1}\n\n',
    'data: {"a":\n\n',
    'data: {"a":1}\r\n\r\n',
  ]) {
    t.match(takeFrom(plain + telling + text('three')), { text: plain, count: 2 }, telling)
    t.match(takeFrom(telling + plain), { text: '', count: 0 }, telling)
  }
  t.equal(takeFrom(`${plain}data: {"half`).text, plain)
})

t.test('text that mentions these fields is still text', async () => {
  const words = fc.constantFrom(
    '"finish_reason":"stop"',
    '"usage":{',
    '"error":1',
    '\n\ndata: ',
    '[DONE]',
    '}',
    '\\',
    ' ',
  )
  const content = fc.array(fc.oneof(words, fc.string({ unit: 'grapheme' }))).map(parts => parts.join(''))
  fc.assert(
    fc.property(fc.array(content, { minLength: 1, maxLength: 5 }), contents => {
      const frames = contents.map(part => text(part)).join('')
      const plain = takeFrom(frames + last)
      return (
        plain.text === frames &&
        plain.count === contents.length &&
        dataOfFrames(frames).every((data, index) => `data: ${data}\n\n` === text(contents[index]!))
      )
    }),
  )
})

t.test('empty usage is removed, other usage and text about it stay', async t => {
  const without = (frames: string) => withoutEmptyUsage(takeFrom(frames))
  t.equal(without(text('a', { usage: null }) + text('b')), text('a') + text('b'))
  t.equal(without(text(',"usage":null')), text(',"usage":null'))
})

t.test('each frame shows its own first choice, wherever it begins in another frame', async t => {
  const first = text('one')
  const second = text('two').replace('"index":0', '"index":1')
  const short = 'data: {"a":1}\n\n'
  const shifted = first.replace('data: {', `data: {"b":"${'x'.repeat(20)}",`)
  for (const other of [second, short, short + first, short + shifted]) {
    t.match(takeFrom(first + other + first), { text: first, count: 1 }, other)
  }
  t.match(takeFrom(first + shifted + first), { text: first + shifted + first, count: 3 })
  for (let length = 0; length < 60; length++) {
    const padded = `data: {"a":"${'x'.repeat(length)}"}\n\n`
    t.equal(takeFrom(first + padded + first).text, first, padded)
  }
  const cut = `${first.slice(0, first.indexOf('"delta"'))}\n\n`
  for (const other of [cut, second, 'data: {"id":"a","choices":[]}\n\n']) {
    const frames = new PlainFrames(first)
    t.equal(frames.take().count, 1)
    frames.open(other)
    t.equal(frames.take().count, 0, other)
    frames.open(first)
    t.equal(frames.take().count, 1)
  }
})
