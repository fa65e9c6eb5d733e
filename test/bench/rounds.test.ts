import t from 'tap'
import { Rounds } from '../../bench/rounds.ts'
import type { Call, Upstream } from '../../src/contract/index.ts'
import { replyFrom } from '../../src/chat/reply.ts'

const request = { model: 'm', messages: [] }

function callOf(signal = new AbortController().signal): Call {
  return { signal } as Call
}

function counted(): { readonly rounds: Rounds; readonly model: Upstream } {
  const rounds = new Rounds()
  return { rounds, model: rounds.delay(async () => replyFrom('yes', 'm')) }
}

t.test('concurrent calls are one round, successive calls one each', async t => {
  const { rounds, model } = counted()
  await Promise.all([1, 2, 3].map(() => model(request, callOf())))
  t.equal(rounds.count, 1)
  await model(request, callOf())
  await model(request, callOf())
  t.equal(rounds.count, 3)
})

t.test('two concurrent sequences of calls take as long as the longer one', async t => {
  const { rounds, model } = counted()
  const row = async (length: number): Promise<void> => {
    for (let n = 0; n < length; n++) await model(request, callOf())
  }
  await Promise.all([row(2), row(5), row(3)])
  t.equal(rounds.count, 5)
})

t.test('a call that was aborted while waiting takes no time', async t => {
  const { rounds, model } = counted()
  await model(request, callOf(AbortSignal.abort()))
  t.equal(rounds.count, 0)
})

t.test('a failed call is over', async t => {
  const rounds = new Rounds()
  const model = rounds.delay(() => Promise.reject(new Error('no')))
  await t.rejects(model(request, callOf()), { message: 'no' })
  await t.rejects(model(request, callOf()), { message: 'no' })
  t.equal(rounds.count, 2)
})
