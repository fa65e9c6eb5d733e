import { Writable } from 'node:stream'
import { pino } from 'pino'
import t from 'tap'
import { ask, callOf } from '../../../call.ts'
import { delta, stream, write } from '../../../fake-provider.ts'
import { event, eventsOf, eventStream } from '../../../fake-messages.ts'
import { proxyOver, received } from '../proxy.ts'
import { cut, readFrom } from './broken.ts'

const malformed = write('data: {"id":"x","choices":[{"delta":{"content": \n\n')

t.test('one malformed event among good ones is skipped, logged and counted', async t => {
  const { fakes, send } = await proxyOver(t, [stream(['one ', malformed, 'two']), stream(['other'])])
  const lines: string[] = []
  const sink = new Writable({
    write: (line: Buffer, _encoding, done) => (lines.push(line.toString('utf8')), done()),
  })
  const skipped: string[] = []
  const { meter } = callOf().request
  const call = callOf('request', {
    log: pino({ level: 'warn' }, sink),
    meter: { ...meter, skipEvent: provider => skipped.push(provider) },
  })
  const reply = await send(ask('x', { stream: true }), call)
  t.equal(await reply.text(), 'one two')
  t.match(await reply.done, { finish: ['stop'], error: undefined })
  t.strictSame(received(fakes), [1, 0])
  t.strictSame(skipped, ['a'])
  t.equal(lines.length, 1)
  t.match(JSON.parse(lines[0]!), { provider: 'a', msg: /^skipped an event that is not JSON/ })
})

t.test('a stream with a malformed event is broken only if it lacks its end mark', async t => {
  const broken = await readFrom(t, [cut('one ', malformed, 'two')], { mode: 'off' })
  t.equal(broken.text, 'one two')
  t.equal(broken.error, 'upstream_truncated')
})

t.test('a stream with several malformed events is broken, and recovered', async t => {
  const seen = await readFrom(t, [stream(['one ', malformed, malformed, 'three']), stream(['one ', 'two'])])
  t.equal(seen.text, 'one two')
  t.match(seen.recovered, [{ from: 'a', to: 'b', by: 'restart', error: 'upstream_bad_response' }])
})

const begun = delta({
  tool_calls: [{ index: 0, id: 'c', type: 'function', function: { name: 'rm', arguments: '' } }],
})
const piece = (args: string) => delta({ tool_calls: [{ index: 0, function: { arguments: args } }] })
const calls = { finish: 'tool_calls' } as const

t.test('an event that is lost from the arguments of a call breaks the stream', async t => {
  const lost = stream([begun, piece('{"path":"/tmp'), malformed, piece('"}')], calls)
  const whole = stream([begun, piece('{"path":"/tmp'), piece('/a"}')], calls)
  const seen = await readFrom(t, [lost, whole])
  const args = seen.chunks.flatMap(({ choices }) =>
    choices.flatMap(({ delta: part }) => part.tool_calls ?? []),
  )
  t.equal(args.map(({ function: called }) => called?.arguments ?? '').join(''), '{"path":"/tmp/a"}')
  t.match(seen.recovered, [{ from: 'a', to: 'b', error: 'upstream_bad_response' }])
  t.equal((await readFrom(t, [lost], { mode: 'off' })).error, 'upstream_bad_response')
})

t.test('a malformed event that may have been a call breaks the stream', async t => {
  const cutCall = write('data: {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"c"\n\n')
  t.equal(
    (await readFrom(t, [stream(['one', cutCall], calls), stream(['other'])], { mode: 'off' })).error,
    'upstream_bad_response',
  )
})

t.test('an event that is lost from JSON breaks the stream', async t => {
  const request = { response_format: { type: 'json_object' } }
  const lost = stream(['{"amount": 1', malformed, '}'])
  t.equal((await readFrom(t, [lost, stream(['{"amount": 1', '00}'])], { request })).text, '{"amount": 100}')
  t.equal((await readFrom(t, [lost], { request, mode: 'off' })).error, 'upstream_bad_response')
})

t.test('a malformed event before the first content is skipped, too', async t => {
  const seen = await readFrom(t, [stream([malformed, 'one']), stream(['other'])])
  t.equal(seen.text, 'one')
})

t.test(
  'a malformed event that was the start of a block of Messages loses the block: the stream is broken',
  async t => {
    const events = eventsOf([
      { type: 'text', text: 'one' },
      { type: 'text', text: 'two' },
    ])
    const second = events.findLastIndex(each => each.includes('content_block_start'))
    const lost = eventStream(...events.with(second, 'data: {"type":\n\n'))
    const kept = eventStream(...events.toSpliced(second, 0, 'data: {"type":\n\n', event('ping', {})))
    const entries = [{ type: 'anthropic' as const }]
    t.equal((await readFrom(t, [kept, stream(['other'])], { entries })).text, 'onetwo')
    // An answer that comes in one packet is refused before anything of it is told.
    const refused = (thrown: { code: string }) => thrown.code
    const error = readFrom(t, [lost], { entries, mode: 'off' }).then(seen => seen.error, refused)
    t.equal(await error, 'upstream_bad_response')
  },
)

t.test('an event that is lost from the input of a call of Messages breaks the stream', async t => {
  const events = eventsOf([{ type: 'tool_use', id: 'c', name: 'rm', input: { path: '/tmp/important' } }])
  const at = events.findIndex(each => each.includes('"mport'))
  const lost = eventStream(...events.with(at, 'data: {"type":\n\n'))
  const seen = await readFrom(t, [lost], { mode: 'off', entries: [{ type: 'anthropic' }] })
  t.equal(seen.error, 'upstream_bad_response')
})
