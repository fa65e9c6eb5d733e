import { readFileSync } from 'node:fs'
import t from 'tap'
import { documented, rowOf } from '../../bench/effects-table.ts'
import { Laboratory } from '../../bench/laboratory.ts'
import { questionsFrom } from '../../bench/questions.ts'
import { approachesPage, renderApproaches } from '../../docs/generate/approaches.ts'
import { packagedApproaches } from '../../docs/generate/steps.ts'

const page = readFileSync(approachesPage, 'utf8')
const steps = await packagedApproaches()

/** The rows of the table of effects, without its head. */
const effects = page
  .slice(page.indexOf('## Effects'))
  .split('\n')
  .filter(line => line.startsWith('| `'))
  .map(line => line.slice(2, -2).split(/ +\| +/))

t.test('docs/approaches.md is up to date with the approaches', async t => {
  t.equal(page, await renderApproaches(), 'run `npm run docs`')
})

t.test('every approach has a row of effects, and none makes answers worse', async t => {
  t.same(
    effects.map(([name]) => name),
    steps.map(({ name }) => `\`${name}\``),
    'run `npm run bench:approaches`',
  )
  t.same(
    effects.filter(([, , gain]) => gain?.startsWith('-')),
    [],
  )
})

t.test('the row of a single answer has the values measured now', async t => {
  const laboratory = new Laboratory({ steps, ...documented })
  t.teardown(() => laboratory.close())
  const questions = questionsFrom(documented.seed, documented.questions)
  const effect = await laboratory.measure('none', questions)
  const measured = { name: 'none', effects: [effect, effect, effect], plainVote: effect.accuracy }
  const row = rowOf(measured, documented)
  t.same(
    effects.find(([title]) => title === row[0])?.map(cell => cell.trim()),
    row,
    'run `npm run bench:approaches`',
  )
})

/** The figure in a cell such as `72.5 %`. */
const figure = (cell = ''): number => Number.parseFloat(cell)

/** The figures of an approach in the table of effects. */
function figuresOf(name: string) {
  const [, right, , plainVote, agreeing, lying, completions] = effects.find(
    ([title]) => title === `\`${name}\``,
  )!
  return {
    right: figure(right),
    plainVote: figure(plainVote),
    agreeing: figure(agreeing),
    lying: figure(lying),
    completions: figure(completions),
  }
}

t.test('an approach that stays below a plain vote is listed with the task that it is for', async t => {
  const forOthers = page.slice(page.indexOf('### For other tasks'), page.indexOf('### Measured'))
  const below = steps
    .map(({ name }) => name)
    .filter(name => figuresOf(name).right < figuresOf(name).plainVote)
  t.ok(below.includes('cove'))
  for (const name of below) t.match(forOthers, `\`${name}\``, name)
})

t.test('rsa gets as many right as mcts, with no more completions', async t => {
  const [rsa, mcts] = [figuresOf('rsa'), figuresOf('mcts')]
  t.ok(rsa.right >= mcts.right, `${rsa.right} and ${mcts.right}`)
  t.ok(rsa.completions <= mcts.completions, `${rsa.completions} and ${mcts.completions}`)
})

t.test('a vote that stops when it is decided saves answers, and next to no right ones', async t => {
  const votes = page.matchAll(
    / makes (\S+) % of the completions .* gets (\S+) % right instead of (\S+) %\.$/gm,
  )
  const saved = [...votes].map(([, ...figures]) => figures.map(figure))
  t.equal(saved.length, 2)
  for (const [share, stopped, full] of saved) {
    t.ok(share! <= 85, `${share} %`)
    t.ok(Math.abs(stopped! - full!) <= 1, `${stopped} instead of ${full}`)
  }
})

t.test('a judge that lies costs at most half of what it did when grades alone decided', async t => {
  for (const [name, then] of [
    ['genselect', 77.5 - 42.1],
    ['mars', 82.8 - 30.5],
  ] as const) {
    const { right, lying } = figuresOf(name)
    t.ok(right - lying <= then / 2, `${name} loses ${right - lying}, and lost ${then}`)
  }
})

t.test('every param, alias and paper is on the page', async t => {
  for (const { name, params, aliases = {}, paper } of steps) {
    const row = page.split('\n').find(line => line.startsWith(`| \`${name}\` `)) ?? ''
    const [section = ''] = page.split(`\n### ${name}\n`)[1]?.split(/\n##/) ?? []
    const others = Object.entries(aliases).filter(([alias, target]) => alias !== target)
    const names = [...Object.keys(params?.shape ?? {}), ...others.map(([alias]) => alias)]
    for (const param of names) t.match(section, `\`${param}\``, `${name}: ${param}`)
    if (paper !== undefined) t.match(row, paper, name)
  }
})
