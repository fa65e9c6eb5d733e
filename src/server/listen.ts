import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { HulumanageError } from '../contract/index.ts'
import type { AppOptions } from './app.ts'
import { createApp } from './app.ts'
import { isLoopback } from './access/origin.ts'

export interface RunningServer {
  readonly app: FastifyInstance
  readonly url: string
  /** Refuses new requests, lets running ones finish within `drain_timeout`, and closes. */
  stop: () => Promise<void>
}

/** Builds the app and listens where the configuration says; port 0 takes any free one. */
export async function startServer(options: AppOptions): Promise<RunningServer> {
  const app = await createApp(options)
  const { host, port, api_keys: keys, insecure } = options.currentConfig.value
  if (!isLoopback(host) && keys.length === 0 && !insecure) {
    await app.close()
    throw new HulumanageError(
      'config_invalid',
      `host ${host} is reachable from other machines and no api_keys are set; ` +
        'set api_keys (--api-key), listen on 127.0.0.1, or say insecure: true',
    )
  }
  await listen(app, host, port)
  let stopping: Promise<void> | undefined
  return {
    app,
    url: urlOf(app, host),
    stop: () => (stopping ??= stop(app, options.currentConfig.value.drain_timeout * 1000)),
  }
}

async function listen(app: FastifyInstance, host: string, port: number): Promise<void> {
  try {
    await app.listen({ host, port })
  } catch (error) {
    await app.close()
    throw new HulumanageError('config_invalid', `Cannot listen on ${host}:${port}: ${reasonOf(error)}`, {
      cause: error,
    })
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'EADDRINUSE') return 'the port is in use; choose another with --port'
  if (code === 'EACCES') return 'the port needs more rights; choose one above 1023 with --port'
  return message
}

async function stop(app: FastifyInstance, drainMs: number): Promise<void> {
  await app.inFlight.drain(app.server, drainMs)
  await app.close()
}

function urlOf(app: FastifyInstance, host: string): string {
  // A TCP server that listens has an address of this shape.
  const { port } = app.server.address() as AddressInfo
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}
