import t from 'tap'
import { callsOf, treeOf } from '../../src/ledger/tree.ts'
import { callOf, requestOf } from './entries.ts'

const tokens = { prompt: 9, completion: 3, cached: 2, cache_write: 1, reasoning: 4, wasted: 5, estimated: 1 }
const facts = {
  path: 'proxy',
  start_ms: 1,
  first_ms: 2,
  provider: 'p',
  model: 'm',
  reason: 'r',
  recovery: 'v',
  status: 200,
}
const call = callOf({ ...facts, discarded: 'd', cost: 0.5 })

t.test('calls come back from a tree as they were', async t => {
  const request = requestOf(tokens)
  const cases = {
    none: [],
    'an only one': [{ ...call, ...tokens }],
    'an only one with tokens of its own': [{ ...call, ...tokens, prompt: 8 }],
    several: [
      { ...call, kind: 'step' },
      { ...call, ...tokens, n: 1, parent: 0 },
      { ...call, n: 2, parent: 0, path: '\0 "\uD800' },
    ],
  }
  for (const [name, calls] of Object.entries(cases))
    t.strictSame(callsOf(treeOf(calls, request), request), calls, name)
})

t.test('the tokens of an only call are written once, with its request', async t => {
  t.equal(
    treeOf([{ ...call, ...tokens }], requestOf(tokens)),
    '[["proxy",1,2,4,"p","m","r","v",200,"ok","d",0.5]]',
  )
})

t.test('trees that are kept are read as they were written', async t => {
  const calls = [
    { ...call, kind: 'step' },
    { ...call, ...tokens, n: 1, parent: 0 },
  ]
  const [step, of] = [
    '["proxy",1,2,4,"p","m","r","v",200,"ok","d",0.5,0,null,"step",null,null,null,null,null,null,null]',
    '["proxy",1,2,4,"p","m","r","v",200,"ok","d",0.5,1,0,"call",9,3,2,1,4,5,1]',
  ]
  t.equal(treeOf(calls, requestOf()), `[${step},${of}]`)
  t.strictSame(callsOf(`[${step},${of}]`, requestOf()), calls)
  const only = '["proxy",1,2,4,"p","m","r","v",200,"ok","d",0.5'
  const withMore = `[${only},null,null,null,null,null,null,null,null,null,null,"of a later version"]]`
  for (const tree of [`[${only}]]`, withMore])
    t.strictSame(callsOf(tree, requestOf(tokens)), [{ ...call, ...tokens }])
})
