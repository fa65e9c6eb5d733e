import t from 'tap'
import { readOptions } from '../../../bench/throughput/options.ts'

t.test('without flags, the server has core 1, the load core 0, and all parts run', async t => {
  t.match(readOptions([]), {
    rounds: 8,
    seconds: 2,
    connections: 64,
    parts: [
      'start',
      'latency',
      'json',
      'stream',
      'half',
      'prompts',
      'agent',
      'approaches',
      'features',
      'workers',
      'paced',
      'idle',
    ],
    serverCore: 1,
    loadCores: [0],
  })
})

t.test('an impossible value is refused, and the error names its flag', async t => {
  const refused = (words: readonly string[], message: RegExp) =>
    t.throws(() => readOptions(words), { message })
  refused(['--rounds', '0'], /--rounds/)
  refused(['--seconds', '1.5'], /--seconds/)
  refused(['--parts', 'json,xml'], /--parts .*'xml'/)
  refused(['--load-cores', ''], /--load-cores/)
  refused(['--load-cores', '0,1'], /--load-cores/)
  refused(['--turbo'], /--turbo/)
})

t.test('other checkouts may be given more than once', async t => {
  t.same(readOptions(['--also', 'a', '--also', 'old=../b']).also, ['a', 'old=../b'])
})
