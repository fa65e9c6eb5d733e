import { readFileSync } from 'node:fs'
import t from 'tap'
import { reliabilityPage } from '../../docs/generate/reliability.ts'

t.test('docs/reliability.md is up to date with the scenarios (else run `npm run docs`)', async t => {
  t.equal(readFileSync(new URL('../../docs/reliability.md', import.meta.url), 'utf8'), reliabilityPage())
})
