import t from 'tap'
import { readWrkOutput, wrkScript } from '../../../../bench/throughput/loads/wrk.ts'

const url = 'http://127.0.0.1:1/'

function output(...failures: readonly number[]): string {
  return `Running 2s test @ ${url}\n\nRESULT 20000 2000000 30000000 1500 9000 ${failures.join(' ')}\n`
}

t.test("the counts of a burst are read from the script's output line", async t => {
  t.same(readWrkOutput(output(0, 0, 0, 0, 0), url), {
    requests: 20_000,
    seconds: 2,
    bytes: 30_000_000,
    p50Ms: 1.5,
    p99Ms: 9,
  })
})

t.test('a failure of any kind makes the burst fail, and the message counts it', async t => {
  const failing = (place: number) => output(...[0, 0, 0, 0, 0].with(place, 7))
  const words = [
    '7 failed connections',
    '7 broken reads',
    '7 broken writes',
    '7 answers above 399',
    '7 timeouts',
  ]
  for (const [place, expected] of words.entries()) {
    t.throws(() => readWrkOutput(failing(place), url), { message: new RegExp(expected) })
  }
})

t.test('a burst without a result or without an answer fails', async t => {
  t.throws(() => readWrkOutput('unable to connect', url), { message: /no result.*\nunable to connect/ })
  t.throws(() => readWrkOutput('RESULT 0 2000000 0 0 0 0 0 0 0 0\n', url), { message: /answered nothing/ })
})

t.test('the script sends the body and the headers unchanged', async t => {
  const body = '{"text":"quotes \\" and\\nlines"}'
  const script = wrkScript({ url, body, headers: { 'x-provider': 'openai' } })
  t.match(script, `wrk.body = [==[${body}]==]`)
  t.match(script, 'wrk.headers[ [==[x-provider]==] ] = [==[openai]==]')
})
