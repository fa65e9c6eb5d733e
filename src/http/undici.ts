import { createRequire } from 'node:module'
import type * as undici from 'undici'

const require = createRequire(import.meta.url)

// Imports from single files of undici. The package's entry point also loads fetch, WebSocket, mocks and caches: eighty
// more files, which slow the start and stay in memory. The version is pinned, so the paths are stable.
export const Dispatcher = require('undici/lib/dispatcher/dispatcher.js') as typeof undici.Dispatcher
export const Pool = require('undici/lib/dispatcher/pool.js') as typeof undici.Pool
export const buildConnector = require('undici/lib/core/connect.js') as typeof undici.buildConnector
export const errors = require('undici/lib/core/errors.js') as typeof undici.errors

/** One call and its answer, as `dispatcher.request` of the whole package gives it. */
export function request(
  dispatcher: undici.Dispatcher,
  options: undici.Dispatcher.RequestOptions,
): Promise<undici.Dispatcher.ResponseData> {
  const ask = require('undici/lib/api/api-request.js') as undici.Dispatcher['request']
  return ask.call(dispatcher, options) as Promise<undici.Dispatcher.ResponseData>
}
