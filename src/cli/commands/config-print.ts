import { pino } from 'pino'
import { describeConfig, sourceOf } from '../../config/load/described.ts'
import type { FlagValues } from '../../config/flags/overrides.ts'
import { grouped, renderNote } from '../../config/problems.ts'
import type { Path } from '../../config/problems.ts'
import type { Config } from '../../config/schema.ts'
import { annotatedYaml } from '../output/annotated-yaml.ts'
import { readConfig } from '../read-config.ts'
import { withSteps } from '../with-steps.ts'

/**
 * Prints the configuration that `serve` would run with: secrets are masked, and each value is followed by its source.
 */
export async function printConfig(flags: FlagValues, asJson: boolean): Promise<string> {
  const loaded = readConfig(flags)
  const log = pino({ level: 'silent' })
  const current = await withSteps({ loaded, log }, async app => app.currentConfig.value)
  const { config, sources } = describeConfig(current)
  const { file, format, notes } = loaded
  if (asJson) return `${JSON.stringify({ file, format, config, sources, notes }, undefined, 2)}\n`
  const lost = grouped(notes)
    .map(note => `# ${renderNote(note)}\n`)
    .join('')
  return `${lost}${annotatedYaml(config as Config, { after: (path: Path) => sourceOf(path, loaded) })}`
}
