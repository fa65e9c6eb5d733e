import type { Config } from '../../config/schema.ts'
import { Planner } from './planner.ts'
import type { Names } from './resolve.ts'

/**
 * Returns a function that throws if a text is not a chain that a request could name under a configuration: it does not parse,
 * names an unknown step or contains itself.
 */
export function chainCheck(steps: Names['steps'], config: Config): (chain: string) => void {
  const planner = new Planner(steps, { ...config, approach: 'auto' })
  return approach => {
    planner.plan({ model: 'any', approach, wrap: undefined, tag: undefined })
  }
}
