import type { CurrentConfig } from '../../config/current.ts'
import { ReadGauge } from '../../metrics/gauge.ts'
import type { Metric } from '../../metrics/metric.ts'
import { version } from '../version.ts'

/** The gauge of processes whose figures are missing or old. The process that is asked is never late itself. */
export const lateGauge = {
  name: 'hulumanage_workers_late',
  help: 'Processes that did not report their figures in time; the last known ones, if any, are in the sums',
}

/** Gauges of the server itself: what it is, what it does now, and whether its configuration was accepted. */
export function serverGauges(inFlight: () => number, { reloads }: CurrentConfig): readonly Metric[] {
  return [
    new ReadGauge({
      name: 'hulumanage_workers',
      help: 'Processes that serve the port',
      read: () => [[1]],
    }),
    new ReadGauge({
      ...lateGauge,
      read: () => [[0]],
    }),
    new ReadGauge({
      name: 'hulumanage_requests_in_flight',
      help: 'Requests being answered',
      read: () => [[inFlight()]],
    }),
    new ReadGauge({
      name: 'hulumanage_build_info',
      help: 'Always 1, with the versions of this server and of Node',
      labels: ['version', 'node'],
      combine: 'max',
      read: () => [[1, version, process.version]],
    }),
    new ReadGauge({
      name: 'hulumanage_config_last_reload_successful',
      help: 'Whether the newest edit of the configuration is in use; 0: it is invalid, and the one before is kept',
      combine: 'min',
      read: () => [[reloads.failed ? 0 : 1]],
    }),
    new ReadGauge({
      name: 'hulumanage_config_last_reload_success_timestamp_seconds',
      help: 'Unix time at which the configuration in use was loaded',
      combine: 'min',
      read: () => [[reloads.loadedAt / 1000]],
    }),
  ]
}
