import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { answer } from './model.ts'

/** A server of a checkout with one provider, in a process that a module of ours looks into. */
export interface WatchedServer {
  readonly url: string
  readonly pid: number
  /** Sends the module a message and resolves with the answer. */
  ask: (message: unknown) => Promise<unknown>
  /** Ends the process, and resolves when it has ended. */
  stop: () => Promise<void>
}

/** How a server is started so that somebody can look into it. */
interface Watch {
  /** Arguments of Node, or of the program that runs it. */
  readonly execArgv: readonly string[]
  /** A program that runs Node: Node itself if it is not given. */
  readonly execPath?: string
}

/** Starts a server that is watched. */
export async function startWatched(
  checkout: string,
  { execArgv, execPath = process.execPath }: Watch,
): Promise<WatchedServer> {
  const upstream = createServer(answer).listen(0, '127.0.0.1')
  await once(upstream, 'listening')
  const { port } = upstream.address() as AddressInfo
  const folder = mkdtempSync(join(tmpdir(), 'hulumanage-bench-'))
  const config = join(folder, 'hulumanage.yaml')
  writeFileSync(
    config,
    `port: 0\nproviders:\n  - {name: one, base_url: "http://127.0.0.1:${port}/v1", api_key: k}\n`,
  )
  const child = fork(
    join(checkout, 'bin/hulumanage.js'),
    ['serve', '--config', config, '--log-level', 'ERROR'],
    {
      execPath,
      execArgv: [...execArgv],
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      cwd: folder,
      env: { ...process.env, XDG_STATE_HOME: folder },
    },
  )
  let output = ''
  for await (const piece of child.stdout!) {
    output += String(piece)
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0]
    if (url === undefined) continue
    return {
      url,
      ask: async message => {
        child.send(message as string)
        return (await once(child, 'message'))[0] as unknown
      },
      pid: child.pid!,
      stop: async () => {
        const ended = once(child, 'exit')
        child.kill()
        await ended
        upstream.close()
        upstream.closeAllConnections()
      },
    }
  }
  throw new Error(`The server did not start: ${output}`)
}
