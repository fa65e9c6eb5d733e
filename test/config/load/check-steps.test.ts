import { join } from 'node:path'
import t from 'tap'
import type { Test } from 'tap'
import { z } from 'zod'
import { checkSteps } from '../../../src/config/load/check-steps.ts'
import type { KnownParts } from '../../../src/config/load/check-steps.ts'
import { loadConfig } from '../../../src/config/load/load.ts'
import { ConfigError, renderProblem } from '../../../src/config/problems.ts'
import { defineApproach } from '../../../src/contract/index.ts'

const run = async () => 'answer'
const params = z.object({
  n: z.int().min(1).default(3).describe('Candidates'),
  effort: z.union([z.number(), z.literal('auto')]).default('auto'),
  grader: z.string().nullable().default(null),
})
const steps = [
  defineApproach({ name: 'bon', summary: 'Best of n', params, aliases: { best_of_n: 'n' }, run }),
  defineApproach({ name: 'plain', summary: 'No params', run }),
]

function load(t: Test, file: string, env = {}, known: KnownParts = {}) {
  const cwd = t.testdir({ 'hulumanage.yaml': file })
  return checkSteps(loadConfig({ cwd, home: join(cwd, 'home'), env }), steps, known)
}

function problems(t: Test, file: string, known: KnownParts = {}): string[] {
  try {
    load(t, file, {}, known)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(renderProblem)
    throw error
  }
  return []
}

t.test("a step's section is checked against its params", async t => {
  t.strictSame(problems(t, 'steps:\n  bon: {n: 0, m: 1}\n  bonn: {}\n  plain: {x: 1}\n'), [
    'hulumanage.yaml:2:9 steps.bon.n: expected a whole number of at least 1, got 0',
    'hulumanage.yaml:2:15 steps.bon.m: unknown key (did you mean "n"?)',
    'hulumanage.yaml:3:3 steps.bonn: no such step is loaded (did you mean "bon"?)',
    'hulumanage.yaml:4:11 steps.plain.x: unknown key',
  ])
})

t.test('text from the environment and from flags has the type of the param', async t => {
  const env = { N: '5', HULUMANAGE_BON_EFFORT: '2' }
  const file = 'steps:\n  bon: {n: "${N}", grader: "${N}"}\n'
  const { config, sources } = load(t, file, env)
  t.strictSame(config.steps, { bon: { n: 5, effort: 2, grader: '5' } })
  t.match(sources, { steps: 'file', 'steps.bon.effort': 'environment' })
  t.strictSame(load(t, file, env, { flags: { bonN: '7' } }).config.steps['bon'], {
    n: 7,
    effort: 2,
    grader: '5',
  })
  t.strictSame(load(t, '', { OPTILLM_BEST_OF_N: '9' }).config.steps, { bon: { n: 9 } })
})

t.test('an invalid flag is named', async t => {
  t.strictSame(problems(t, '', { flags: { bonN: 'many' } }), [
    '--bon-n steps.bon.n: expected a whole number of at least 1, got "many"',
  ])
})

t.test('the result is frozen, and checking it again returns the same', async t => {
  const once = load(t, 'steps: {bon: {n: "${N}"}}', { N: '5' })
  t.ok(Object.isFrozen(once.config.steps['bon']))
  t.strictSame(checkSteps(once, steps).config, once.config)
})

t.test('a chain cannot have the name of a step', async t => {
  t.strictSame(problems(t, 'chains:\n  fast: bon\n  bon: plain\n'), [
    'hulumanage.yaml:3:3 chains.bon: this is the name of a step; choose another',
  ])
})

t.test('kinds of services and strategies must be known', async t => {
  const kinds = new Map([
    ['openai', { hasBaseUrl: false }],
    ['simulated', { hasBaseUrl: true }],
  ])
  const file = 'routing: {strategy: wieghted}\nproviders:\n  - {name: a, type: simulate}\n  - {name: b}\n'
  t.strictSame(problems(t, file, { kinds, strategies: ['weighted', 'failover'] }), [
    'hulumanage.yaml:3:15 providers[0].type: unknown kind of service (did you mean "simulated"?)',
    'hulumanage.yaml:4:5 providers[1].base_url: is required',
    'hulumanage.yaml:1:11 routing.strategy: there is no strategy "wieghted" (did you mean "weighted"?; known are weighted, failover)',
  ])
})
