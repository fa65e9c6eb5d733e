import t from 'tap'
import { background, detach } from '../../src/time/background.ts'

t.test('work that nobody waits for fails with a line in the log, not as an unhandled rejection', async t => {
  const unhandled: unknown[] = []
  const note = (reason: unknown): void => void unhandled.push(reason)
  process.on('unhandledRejection', note)
  t.teardown(() => process.off('unhandledRejection', note))
  const lines: unknown[] = []
  const log = { warn: (facts: object, message: string) => void lines.push([facts, message]) }
  const error = new TypeError('Cannot convert object to primitive value')
  background(Promise.reject(error), log, 'the end of a reply was not recorded', { path: 'bon' })
  background(Promise.resolve(), log, 'never')
  // Rejections that nobody handles are told before the next turn.
  await new Promise(setImmediate)
  t.strictSame(lines, [[{ path: 'bon', err: error }, 'the end of a reply was not recorded']])
  t.strictSame(unhandled, [])
})

t.test('work that handles its failures is named if one comes through', async t => {
  const unhandled: unknown[] = []
  const note = (reason: unknown): void => void unhandled.push(reason)
  process.on('unhandledRejection', note)
  t.teardown(() => process.off('unhandledRejection', note))
  const cause = new TypeError('not a function')
  detach(Promise.resolve(), 'counting')
  detach(Promise.reject(cause), 'closing the provider')
  await new Promise(setImmediate)
  t.match(unhandled, [{ message: 'closing the provider failed', cause }])
  t.equal(unhandled.length, 1)
})
