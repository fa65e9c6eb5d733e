import { createRequire } from 'node:module'

type Prometheus = typeof import('@prometheus-io/client')

const require = createRequire(import.meta.url)

/** The Prometheus client, loaded when something is scraped: with what it imports it is a hundred files. */
export function prometheus(): Prometheus {
  return require('@prometheus-io/client') as Prometheus
}
