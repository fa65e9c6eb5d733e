import t from 'tap'
import {
  answers,
  checkAnswer,
  completion,
  events,
  requestBody,
  toolEvents,
} from '../../../../bench/throughput/loads/exchange.ts'

t.test('the stream has 66 events and is accepted as the answer to a stream', async t => {
  t.equal(events.length, 66)
  t.doesNotThrow(() => checkAnswer('server', 'stream', 200, events.join('')))
})

t.test('the completion is accepted as the answer to a request without a stream', async t => {
  t.doesNotThrow(() => checkAnswer('server', 'json', 200, completion))
})

t.test('a stream with calls of tools must have all their arguments', async t => {
  t.doesNotThrow(() => checkAnswer('server', 'tools', 200, answers.tools))
  const without = toolEvents.toSpliced(toolEvents.length - 8, 1).join('')
  t.throws(() => checkAnswer('server', 'tools', 200, without), { message: /something else/ })
})

t.test('an incomplete answer is refused', async t => {
  const message = /server answered 200 with something else/
  const refused = (lines: readonly string[]) =>
    t.throws(() => checkAnswer('server', 'stream', 200, lines.join('')), { message })
  refused(events.slice(0, -1))
  refused(events.toSpliced(30, 1))
  refused([])
  t.throws(() => checkAnswer('server', 'json', 200, completion.replace('balancer', '')), { message })
})

t.test('an answer with another status is refused, and the message names the server', async t => {
  t.throws(() => checkAnswer('server', 'json', 503, completion), { message: /server answered 503/ })
})

t.test('only the request for a stream asks for one', async t => {
  t.equal(JSON.parse(requestBody({ kind: 'stream' })).stream, true)
  t.notOk('stream' in JSON.parse(requestBody({ kind: 'json' })))
})
