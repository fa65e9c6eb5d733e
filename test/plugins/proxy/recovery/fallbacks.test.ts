import t from 'tap'
import { delta, stream } from '../../../fake-provider.ts'
import { received } from '../proxy.ts'
import { cut, readFrom } from './broken.ts'

const request = { model: 'm' }
const entries = [{ models: ['m'] }, { models: ['larger'] }, { models: ['other'] }]
const fallbacks = { any: { m: ['larger', 'other'] } }

t.test('if no other provider has the model, its fallbacks recover the stream', async t => {
  const scripts = [cut('Hello'), stream(['Hello world']), stream(['x'])]
  const seen = await readFrom(t, scripts, { request, entries, fallbacks })
  t.equal(seen.text, 'Hello world')
  t.match(seen.recovered, [{ from: 'a', to: 'b', by: 'restart' }])
  t.strictSame(received(seen.fakes), [1, 1, 0])
  t.equal(seen.fakes[1]!.requests[0]!.body['model'], 'larger')
  t.same(new Set(seen.chunks.map(({ model }) => model)), new Set(['m']), 'the client sees one answer')
})

t.test('fallbacks are asked one after the other, then the provider that broke', async t => {
  const scripts = [[cut('Hello'), stream(['Hello world'])], cut('Hello'), cut('He')]
  const seen = await readFrom(t, scripts, { request, entries, fallbacks })
  t.equal(seen.text, 'Hello world')
  t.strictSame(received(seen.fakes), [2, 1, 1])
})

t.test('a fallback whose answer departs is asked to continue, under its own name', async t => {
  const start = 'The quick brown fox'
  const scripts = [cut(start), [stream(['Other words']), stream([' jumps'])], stream(['x'])]
  const seen = await readFrom(t, scripts, { request, entries, fallbacks })
  t.equal(seen.text, `${start} jumps`)
  t.strictSame(
    seen.fakes[1]!.requests.map(({ body }) => body['model']),
    ['larger', 'larger'],
  )
})

t.test('other causes have no part in it', async t => {
  const call = delta({
    tool_calls: [{ index: 0, id: 'c', type: 'function', function: { name: 'f', arguments: '{' } }],
  })
  const seen = await readFrom(t, [cut(call), stream(['x']), stream(['x'])], {
    request,
    entries,
    fallbacks: { context: { m: ['larger'] }, policy: { m: ['other'] } },
  })
  t.equal(seen.error, 'upstream_truncated')
  t.strictSame(received(seen.fakes), [2, 0, 0])
})
