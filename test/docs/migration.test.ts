import { readFileSync } from 'node:fs'
import t from 'tap'
import { migrationPage, renderMigration } from '../../docs/generate/optillm.ts'

const page = readFileSync(migrationPage, 'utf8')

t.test('docs/guides/migrate.md has the advice of the errors (else run `npm run docs`)', async t => {
  t.equal(page, await renderMigration(page))
})

t.test('a page without a place for the advice is refused', async t => {
  await t.rejects(renderMigration('# Migration\n'), { message: /must have these lines/ })
})
