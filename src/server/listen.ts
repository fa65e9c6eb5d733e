import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { Runner } from '../chain/run/runner.ts'
import { HulumanageError } from '../contract/index.ts'
import type { AppOptions } from './app.ts'
import { createApp } from './app.ts'
import { isLoopback } from './access/origin.ts'

/** A server that accepts requests; `P` is what `prepare` returned. */
export interface RunningServer<P = unknown> {
  readonly app: FastifyInstance
  readonly prepared: P
  readonly url: string
  /** Refuses new requests, lets running ones finish within `drain_timeout`, and closes. */
  stop: () => Promise<void>
}

/** Builds the app and listens on the configured address; port 0 is any free port. */
export async function startServer<P extends { readonly runner: Runner }>(
  options: AppOptions<P>,
): Promise<RunningServer<P>> {
  const { app, prepared } = await createApp(options)
  const { host, port, api_keys: keys, clients, insecure } = options.currentConfig.value
  if (!isLoopback(host) && keys.length === 0 && clients.length === 0 && !insecure) {
    await app.close()
    throw new HulumanageError(
      'config_invalid',
      `host ${host} is reachable from other machines and neither api_keys nor clients are set; ` +
        'set api_keys (--api-key), listen on 127.0.0.1, or set insecure: true',
    )
  }
  await listen(app, host, port)
  let stopping: Promise<void> | undefined
  return {
    app,
    prepared,
    url: urlOf(app, host),
    stop: () => (stopping ??= stop(app, options.currentConfig.value.drain_timeout * 1000)),
  }
}

async function listen(app: FastifyInstance, host: string, port: number): Promise<void> {
  try {
    await app.listen({ host, port })
  } catch (error) {
    await app.close()
    throw new HulumanageError('config_invalid', `cannot listen on ${host}:${port}: ${reasonOf(error)}`, {
      cause: error,
    })
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'EADDRINUSE') return 'the port is in use; choose another with --port'
  if (code === 'EACCES') return 'the port needs special privileges; choose one above 1023 with --port'
  return message
}

async function stop(app: FastifyInstance, drainMs: number): Promise<void> {
  await app.inFlight.drain(app.server, drainMs)
  await app.close()
}

function urlOf(app: FastifyInstance, host: string): string {
  // The address of a listening TCP server has this shape.
  const { port } = app.server.address() as AddressInfo
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}
