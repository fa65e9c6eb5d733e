// `npm run docs`: writes the pages that are generated from code.
import { readFileSync, writeFileSync } from 'node:fs'
import { renderApproaches } from './approaches.ts'
import { renderConfiguration } from './configuration.ts'
import { errorsPage } from './errors.ts'
import { grafanaBoard } from './grafana.ts'
import { migrationPage, renderMigration } from './optillm.ts'
import { performancePage, renderPerformance } from './performance.ts'
import { reliabilityPage } from './reliability.ts'
import { renderSimulation } from './scenario.ts'

const pages = {
  'approaches.md': await renderApproaches(),
  'configuration.md': await renderConfiguration(),
  'errors.md': errorsPage(),
  'guides/migrate.md': await renderMigration(readFileSync(migrationPage, 'utf8')),
  'guides/simulate.md': await renderSimulation(),
  'monitoring/grafana.json': grafanaBoard(),
  'performance.md': renderPerformance(readFileSync(performancePage, 'utf8')),
  'reliability.md': reliabilityPage(),
}

for (const [name, page] of Object.entries(pages)) writeFileSync(new URL(`../${name}`, import.meta.url), page)
