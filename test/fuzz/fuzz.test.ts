import t from 'tap'
import type { Test } from 'tap'
import { Findings, textOf } from './findings.ts'
import type { Finding } from './findings.ts'
import { Lab } from './lab.ts'
import { fuzzFor } from './run.ts'

const filter = { dialects: [], kinds: [], chains: [], streams: [] }

/** A short run with the same choices each time; `npm run fuzz` goes further. */
async function fuzz(t: Test, seed: number, share: number, maximum: number): Promise<readonly Finding[]> {
  const lab = new Lab(['--disable-proto=throw'])
  await lab.open()
  t.teardown(() => lab.close())
  const findings = new Findings()
  await fuzzFor(lab, { seed, filter, share, from: 0, forMs: 10_000, maximum }, findings)
  return findings.all
}

t.test('valid answers of every kind of provider are valid in every dialect', async t => {
  const findings = await fuzz(t, 5, 0, 60)
  t.equal(findings.map(textOf).join('\n'), '')
})

t.test('whatever bytes a provider sends, the server survives and answers or fails cleanly', async t => {
  const findings = await fuzz(t, 3, 0.8, 150)
  const faults = findings.filter(({ isOfForm }) => !isOfForm)
  t.equal(faults.map(textOf).join('\n'), '')
})
