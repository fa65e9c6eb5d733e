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
    events.add('keepalive', '{}')
    events.add('keepalive', '{}')
    t.equal(events.take(), 'event: keepalive\ndata: {}\n\n')
  }
})

t.test('one sign of life is kept until the next event', async t => {
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
