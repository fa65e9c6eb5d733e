import type { Registry } from '@prometheus-io/client'
import { prometheus } from '../../metrics/prometheus.ts'

let figures: Registry | undefined

/** The usual figures of the process and of Node, collected once however many servers the process has. */
export function processFigures(): Registry {
  if (figures) return figures
  const { collectDefaultMetrics, Registry } = prometheus()
  figures = new Registry()
  collectDefaultMetrics({ register: figures })
  return figures
}
