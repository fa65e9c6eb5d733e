import { createRequire } from 'node:module'

type Prometheus = typeof import('@prometheus-io/client')

const require = createRequire(import.meta.url)

/** The Prometheus client, loaded at the first scrape: with its imports it is a hundred files. */
export function prometheus(): Prometheus {
  return require('@prometheus-io/client') as Prometheus
}
