import t from 'tap'
import { patienceOf } from '../../../src/server/access/patience.ts'

t.test('the time that a client waits is in seconds, or in the unit that it names', t => {
  const times: Readonly<Record<string, number | undefined>> = {
    '30': 30,
    '0.5': 0.5,
    '1000ms': 1,
    '1500 ms': 1.5,
    '30s': 30,
    '30S': 30,
    '2m': 120,
    '0': undefined,
    '0ms': undefined,
    '-1': undefined,
    '5h': 18_000,
    '1m30s': 90,
    '1h0m0.5s': 3600.5,
    '1 m 30 s': undefined,
    '30x': undefined,
    '5d': undefined,
    ms: undefined,
    '1e3': undefined,
    '1,5': undefined,
    '': undefined,
  }
  for (const [text, seconds] of Object.entries(times))
    t.equal(patienceOf({ 'x-request-timeout': text }), seconds, text)
  t.end()
})

t.test('each client says it in its own header and unit', t => {
  t.equal(patienceOf({ 'x-stainless-read-timeout': '10.0' }), 10, 'the SDKs in Python')
  t.equal(patienceOf({ 'x-portkey-request-timeout': '5000' }), 5, 'Portkey counts milliseconds')
  t.equal(patienceOf({ 'x-portkey-request-timeout': '5s' }), 5)
  t.end()
})

t.test('the least of the times that a client names counts', t => {
  const headers = { 'x-stainless-timeout': '600', 'x-request-timeout': '1500ms', 'x-litellm-timeout': 'soon' }
  t.equal(patienceOf(headers), 1.5)
  t.equal(patienceOf({}), undefined)
  t.end()
})
