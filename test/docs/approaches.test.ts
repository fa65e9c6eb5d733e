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
