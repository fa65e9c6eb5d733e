import fc from 'fast-check'
import t from 'tap'
import { minRepetition, Opening } from '../../../../src/attempt/recovery/opening.ts'
import { Seam } from '../../../../src/attempt/recovery/seam.ts'
import type { Chunk } from '../../../../src/contract/index.ts'
import { ask, callOf } from '../../../call.ts'
import { answer, delta, error, gate, hold, stream } from '../../../fake-provider.ts'
import { proxyOver, received } from '../proxy.ts'
import { cut, readFrom, textOf, thought } from './broken.ts'

const start = 'The quick brown fox'

t.test('a provider whose answer departs is asked to continue what was shown', async t => {
  const seen = await readFrom(t, [cut(start), [stream(['Other words']), stream([' jumps'])]])
  t.equal(seen.text, `${start} jumps`)
  t.equal(seen.error, undefined)
  t.match(seen.recovered, [{ from: 'a', to: 'b', by: 'continue' }])
  const sent = seen.fakes[1]!.requests[1]!.body['messages'] as { role: string; content: string }[]
  t.match(sent.slice(1), [{ role: 'assistant', content: start }, { role: 'user' }])
})

t.test('a stream that broke waits for the slots it needs, as any call does', async t => {
  const door = gate()
  const models = [ask('x').model]
  const { fakes, slots, send } = await proxyOver(
    t,
    [cut(start), [stream([hold(door), 'Other words']), stream([' jumps'])], answer('the other call')],
    { queue: { max_concurrent: 1 }, routing: { strategy: 'failover' } },
    [{ models }, { models }, { models: ['other'] }],
  )
  const budget = { calls: 1, tokens: 1e9, usd: Infinity, deadline: Number.POSITIVE_INFINITY }
  const reply = await send(ask('x', { stream: true }), callOf('request', { budget }))
  await fakes[1]!.waitFor(1)
  const others = ['one', 'two', 'three'].map(name => send(ask(name, { model: 'other' })))
  while (slots.waiting < others.length) await new Promise(setImmediate)
  door.release()
  const chunks: Chunk[] = []
  for await (const chunk of reply) chunks.push(chunk)
  t.equal(textOf(chunks), `${start} jumps`)
  for (const other of others) t.equal(await (await other).text(), 'the other call')
  t.strictSame(received(fakes), [1, 2, 3])
})

t.test('with `continue` no answer is started over, and one that fails is followed by the next', async t => {
  const seen = await readFrom(t, [cut(start), error(500), stream([thought('Hm.'), ' jumps'])], {
    mode: 'continue',
    request: { max_tokens: 100 },
  })
  t.equal(seen.text, `${start} jumps`)
  t.equal(seen.thoughts, '')
  t.strictSame(received(seen.fakes), [1, 1, 1])
  t.equal(seen.fakes[2]!.requests[0]!.body['max_tokens'], 100)
})

t.test('nothing continues a tool call, JSON, several choices, a refusal, or a few characters', async t => {
  const call = delta({ tool_calls: [{ index: 0, id: 'call_1', function: { name: 'f', arguments: '{' } }] })
  const cases = [
    { first: cut(start, call) },
    { first: cut(start), request: { response_format: { type: 'json_object' } } },
    { first: cut(start), request: { n: 2 } },
    { first: cut(delta({ refusal: 'No' })) },
    { first: cut('Too short') },
  ]
  for (const { first, request = {} } of cases) {
    const seen = await readFrom(t, [first, stream(['x'])], { mode: 'continue', request })
    t.equal(seen.error, 'upstream_truncated')
    t.strictSame(received(seen.fakes), [1, 0])
  }
})

t.test('a model that starts the answer over is shown from there on, or breaks the stream', async t => {
  const over = (...pieces: string[]) => readFrom(t, [cut(start), stream(pieces)], { mode: 'continue' })
  const same = await over('The quick', ' brown', ' fox jumps', ' over')
  t.equal(same.text, `${start} jumps over`)
  t.equal(same.error, undefined)
  for (const pieces of [['The quick brown', ' dog'], ['The quick brown'], ['The quick brown bear sleeps']]) {
    const other = await over(...pieces)
    t.equal(other.text, start)
    t.equal(other.error, 'upstream_truncated')
  }
  const byChance = await over('The', ' end')
  t.equal(byChance.text, `${start}The end`)
  t.equal((await over('The')).text, `${start}The`)
})

t.test('an answer that is repeated as a whole is never doubled, in whatever pieces it comes', async t => {
  fc.assert(
    fc.property(
      fc.string({ minLength: minRepetition }),
      fc.string(),
      fc.infiniteStream(fc.integer({ min: 1, max: 5 })),
      (shown, rest, sizes) => {
        const opening = new Opening(shown)
        let [text, left] = ['', shown + rest]
        while (left !== '') {
          const size = sizes.next().value as number
          text += opening.add(left.slice(0, size))
          left = left.slice(size)
        }
        return text + opening.end() === rest
      },
    ),
  )
  t.pass()
})

t.test('a continuation that repeats the end of the text is joined without the repetition', async t => {
  fc.assert(
    fc.property(fc.string({ minLength: 12 }), fc.string(), fc.nat(400), (text, rest, length) => {
      const repeated = text.slice(-Math.max(12, length))
      // Another repetition by chance could be longer.
      fc.pre(!rest.includes(text.slice(0, 1)))
      const seam = new Seam(text)
      let joined = text
      for (const piece of repeated + rest) joined += seam.add(piece)
      return joined + seam.end() === text + rest
    }),
  )
  t.pass()
})

t.test('a continuation that repeats nothing is joined as it is, in whatever pieces it comes', async t => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-m]*$/), fc.array(fc.stringMatching(/^[n-z]*$/)), (text, pieces) => {
      const seam = new Seam(text)
      const joined = pieces.map(piece => seam.add(piece)).join('') + seam.end()
      return joined === pieces.join('')
    }),
  )
  t.pass()
})

t.test('a model is asked to repeat the last words, which are left out again', async t => {
  const long = 'There once was a fox that lived in a wood, and the fox was quick and brown,'
  const last = 'in a wood, and the fox was quick and brown,'
  const seen = await readFrom(t, [cut(long), stream([last, ' and it jumped'])], { mode: 'continue' })
  t.equal(seen.text, `${long} and it jumped`)
  const sent = seen.fakes[1]!.requests[0]!.body['messages'] as { content: string }[]
  t.match(sent.at(-1)!.content, last)
})

t.test('a model that repeats the last words in others is not shown', async t => {
  const long = 'There once was a fox that lived in a wood, and the fox was quick and brown,'
  const other = 'in a wood, and the fox was slow and brown, and it slept'
  const seen = await readFrom(t, [cut(long), stream([other])], { mode: 'continue' })
  t.equal(seen.text, long)
  t.equal(seen.error, 'upstream_truncated')
})

t.test('a refusal or a greeting in place of the rest breaks the stream', async t => {
  const continued = (...pieces: string[]) => readFrom(t, [cut(start), stream(pieces)], { mode: 'continue' })
  for (const pieces of [
    ['I', ' am', ' sorry', ', but I cannot continue that.'],
    ['\n\nI’m sorry.'],
    ['Sorry'],
    ['Sure! ', 'Here is the rest: jumps'],
    ['Here’s the', ' continuation: jumps'],
    ['It looks like your message was cut off.'],
    ['Hi', '! How can I help?'],
    ['Es tut', ' mir leid, das kann ich nicht.'],
    ['申し訳', 'ございません'],
    ['非常抱歉，我无法'],
    ['**Sorry', '**, I stop here.'],
    ['Unfortunately, I', ' cannot'],
  ]) {
    const seen = await continued(...pieces)
    t.equal(seen.text, start, pieces.join(''))
    t.equal(seen.error, 'upstream_truncated')
  }
  for (const pieces of [
    ['I', ' am quick'],
    ['History', ' shows'],
    [' of course'],
    ['fox, ', 'I am sorry'],
    ['I'],
    ['It seems', ' so'],
    ['\n'],
    ['Hi', '-Fi systems'],
    ['Hey', ' Jude'],
    ['当然', '是因为'],
    ['好的', '老师会'],
    ['"Hello', '!" he said'],
  ]) {
    const seen = await continued(...pieces)
    t.equal(seen.text, `${start}${pieces.join('').replace(/^fox/, '')}`, pieces.join(''))
    t.equal(seen.error, undefined)
  }
})

t.test('a model that is given the text to continue may apologize in it', async t => {
  t.equal(new Seam(start).add('I am sorry'), 'I am sorry')
})

t.test('space in place of the rest is not held back for long', async t => {
  const seam = new Seam(start, start)
  const shown = Array.from({ length: 50_000 }, () => seam.add('\n'))
  t.ok(shown.slice(0, 100).join('').length > 60)
})

t.test('a few words that are repeated are left out, parts of words are not', async t => {
  const joined = (text: string, ...pieces: string[]) => {
    const seam = new Seam(text)
    return text + pieces.map(piece => seam.add(piece)).join('') + seam.end()
  }
  t.equal(joined('The quick brown fox', 'fox', ' jumps'), 'The quick brown fox jumps')
  t.equal(joined('The quick brown fox', 'brown fox jumps'), 'The quick brown fox jumps')
  t.equal(joined('The quick brown fox', 'foxes'), 'The quick brown foxfoxes')
  t.equal(joined('The firefox', 'fox'), 'The firefoxfox')
  t.equal(joined('One, two, 33', '33'), 'One, two, 3333')
  t.equal(joined('It is a ', 'a b'), 'It is a a b')
})

t.test('space at the seam is not doubled', async t => {
  const joined = (text: string, rest: string) => text + new Seam(text).add(rest)
  t.equal(joined('The quick brown ', ' fox '), 'The quick brown fox ')
  t.equal(joined('The quick brown fox. ', 'brown fox. It'), 'The quick brown fox. It')
  t.equal(joined('if (x)\n', '    return'), 'if (x)\n    return')
  t.equal(joined('One.\n\n', '\n\nTwo'), 'One.\n\nTwo')
})
