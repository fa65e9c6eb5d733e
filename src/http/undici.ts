import { createRequire } from 'node:module'
import type * as undici from 'undici'

const require = createRequire(import.meta.url)

// What calls are made with, by file. The entry of the package brings fetch, WebSocket, mocks and caches with it: eighty
// files more, which a start waits for and a server keeps in memory. The version is pinned, so the files are there.
export const Dispatcher = require('undici/lib/dispatcher/dispatcher.js') as typeof undici.Dispatcher
export const Pool = require('undici/lib/dispatcher/pool.js') as typeof undici.Pool
export const buildConnector = require('undici/lib/core/connect.js') as typeof undici.buildConnector
export const errors = require('undici/lib/core/errors.js') as typeof undici.errors

/** The dispatcher that goes through the HTTP proxies which the environment names. */
export function envHttpProxyAgent(options: undici.EnvHttpProxyAgent.Options): undici.Dispatcher {
  const Agent = require('undici/lib/dispatcher/env-http-proxy-agent.js') as typeof undici.EnvHttpProxyAgent
  return new Agent(options)
}

/** One call and its answer, as `dispatcher.request` of the whole package gives it. */
export function request(
  dispatcher: undici.Dispatcher,
  options: undici.Dispatcher.RequestOptions,
): Promise<undici.Dispatcher.ResponseData> {
  const ask = require('undici/lib/api/api-request.js') as undici.Dispatcher['request']
  return ask.call(dispatcher, options) as Promise<undici.Dispatcher.ResponseData>
}
