import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcessByStdio } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { freePort } from '../fake-provider/ports.ts'
import type { Owner } from '../fake-provider/ports.ts'

const program = 'tinyproxy'

/** The reason to skip tests with a real HTTP proxy; false if there is one. With `HULUMANAGE_TEST_PROXY` set there must be. */
export const noTinyproxy: string | false =
  process.env['HULUMANAGE_TEST_PROXY'] || spawnSync(program, ['-v']).status === 0
    ? false
    : 'no tinyproxy; install it with: apt-get install tinyproxy-bin'

interface Settings {
  readonly user: string
  readonly password: string
  /** The proxy that it sends everything on to, since the names of tests exist nowhere. */
  readonly onwards: string
}

/** Starts a real HTTP proxy that asks for a login; returns its address. */
export async function startTinyproxy(t: Owner, settings: Settings): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'tinyproxy-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  for (;;) {
    const port = await freePort()
    const file = join(folder, `${port}.conf`)
    writeFileSync(file, configuration(port, settings))
    if (await isListening(t, spawn(program, ['-d', '-c', file], { stdio: ['ignore', 'pipe', 'inherit'] })))
      return `127.0.0.1:${port}`
  }
}

function configuration(port: number, { user, password, onwards }: Settings): string {
  return `Port ${port}
Listen 127.0.0.1
BasicAuth ${user} ${password}
Upstream http ${onwards}
`
}

/** Waits until the proxy says that it listens; false if it has ended, such as for a port that was taken meanwhile. */
async function isListening(t: Owner, child: ChildProcessByStdio<null, Readable, null>): Promise<boolean> {
  const ended = new Promise<boolean>((resolve, reject) => {
    child.once('close', () => resolve(false))
    child.once('error', reject)
  })
  t.teardown(async () => {
    child.kill('SIGKILL')
    await ended
  })
  const said = new Promise<boolean>(resolve => {
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      text += piece
      if (text.includes('Accepting connections')) resolve(true)
    })
  })
  return await Promise.race([said, ended])
}
