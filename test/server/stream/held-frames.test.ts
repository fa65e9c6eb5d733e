import t from 'tap'
import { HeldFrames } from '../../../src/server/cost/held-frames.ts'

const meter = { attempts: 1, cost: { usd: 0.5, wasted_usd: 0 } }
const frame = (event: object) => `data: ${JSON.stringify(event)}\n\n`
const text = frame({ choices: [{ delta: { content: 'say "usage":{ "choices":[] }' } }], usage: null })
const counting = frame({
  choices: [{ delta: { content: 'a' }, finish_reason: null }],
  usage: { total_tokens: 1 },
})
const ending = frame({ choices: [{ delta: {}, finish_reason: 'stop' }], usage: { total_tokens: 2 } })
const usage = frame({ choices: [], usage: { total_tokens: 3 } })

t.test('text and usage so far pass at once, and the last usage gets the cost', async t => {
  const frames = new HeldFrames(1, 'always')
  t.equal(frames.pass(text + counting), text + counting)
  t.equal(frames.pass(ending), '')
  t.equal(frames.pass(usage), '')
  t.equal(frames.end(meter), ending + frame({ choices: [], usage: { total_tokens: 3, cost: 0.5 } }))
})

t.test('usage may arrive together with the end of the only choice', async t => {
  const frames = new HeldFrames(1, 'always')
  t.equal(frames.pass(ending), '')
  const [choice] = [{ delta: {}, finish_reason: 'stop' }]
  t.equal(frames.end(meter), frame({ choices: [choice], usage: { total_tokens: 2, cost: 0.5 } }))
})

t.test('the end of one of several choices holds nothing back', async t => {
  const frames = new HeldFrames(2, 'always')
  t.equal(frames.pass(ending), ending)
  t.equal(frames.pass(text), text)
  t.equal(frames.end(meter), '')
})

t.test('an event that is not one line of JSON is sent as it is', async t => {
  const odd = 'data: {"choices":[],\ndata: "usage":{}}\n\n'
  const frames = new HeldFrames(1, 'always')
  t.equal(frames.pass(odd), '')
  t.equal(frames.end(meter), odd)
})
