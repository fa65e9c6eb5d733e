import t from 'tap'
import { NativeEvents } from '../../src/attempt/native-events.ts'

t.test('events that nobody can take yet are kept up to a limit', async t => {
  const events = new NativeEvents({ dialect: 'messages', maxLength: 1_000 })
  for (let count = 0; count < 9; count++) events.add('thought', '"x"'.padEnd(80))
  t.throws(() => events.add('thought', '"x"'.padEnd(80)), {
    code: 'upstream_too_large',
    message: /more than 1000 characters/,
  })
})

t.test('a sign of life is told again once the last one was taken', async t => {
  const events = new NativeEvents({ dialect: 'responses', maxLength: 1_000 })
  for (let count = 0; count < 3; count++) {
    events.add('ping', '{}')
    events.add('ping', '{}')
    t.equal(events.take(), 'event: ping\ndata: {}\n\n')
  }
})

t.test('each sign of life that has a number is kept', async t => {
  const events = new NativeEvents({ dialect: 'responses', maxLength: 1_000 })
  for (const number of [1, 2, 3]) events.add('keepalive', JSON.stringify({ sequence_number: number }))
  const { characters, saysMore } = events.takeNews()
  t.notOk(saysMore)
  t.equal(characters, events.mark)
  t.same(events.take().match(/\d/g), ['1', '2', '3'])
})

t.test('one ping is kept until the next event', async t => {
  const events = new NativeEvents({ dialect: 'messages', maxLength: 1_000 })
  for (const type of ['ping', 'ping', 'said', 'ping', 'ping', 'ping']) events.add(type, '{}')
  t.equal(
    events
      .take()
      .match(/event: \w+/g)
      ?.join(' '),
    'event: ping event: said event: ping',
  )
})
