import t from 'tap'
import type { Test } from 'tap'
import { Findings, textOf } from './findings.ts'
import type { Finding } from './findings.ts'
import { noRedis, RedisServer } from '../store/redis-server.ts'
import { Lab } from './lab.ts'
import type { Shares } from './lab.ts'
import { fuzzFor } from './run.ts'

const filter = { dialects: [], kinds: [], chains: [], streams: [] }

/** A short run with the same choices each time; `npm run fuzz` goes further. */
async function fuzz(
  t: Test,
  seed: number,
  shares: Shares,
  maximum: number,
  redis?: RedisServer,
): Promise<readonly Finding[]> {
  const lab = new Lab(['--disable-proto=throw'], redis)
  await lab.open()
  t.teardown(() => lab.close())
  const findings = new Findings()
  await fuzzFor(lab, { seed, filter, shares, from: 0, forMs: 10_000, maximum }, findings)
  return findings.all
}

t.test('valid answers of every kind of provider are valid in every dialect', async t => {
  const findings = await fuzz(t, 5, { answers: 0 }, 60)
  t.equal(findings.map(textOf).join('\n'), '')
})

t.test('whatever bytes a provider sends, the server survives and answers or fails cleanly', async t => {
  const findings = await fuzz(t, 3, { answers: 0.8 }, 150)
  const faults = findings.filter(({ isOfForm }) => !isOfForm)
  t.equal(faults.map(textOf).join('\n'), '')
})

t.test('whatever a client asks, and whatever a configuration is, nothing fails but that', async t => {
  const findings = await fuzz(t, 9, { answers: 0, requests: 1, configurations: 0.5 }, 150)
  t.equal(findings.map(textOf).join('\n'), '')
})

t.test('whatever Redis contains, the server survives and answers', { skip: noRedis }, async t => {
  const redis = await RedisServer.start(t)
  const findings = await fuzz(t, 11, { answers: 0, requests: 0.2 }, 100, redis)
  t.equal(findings.map(textOf).join('\n'), '')
})
