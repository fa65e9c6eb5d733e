import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
export async function startTinyproxy(t: Owner, { user, password, onwards }: Settings): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'tinyproxy-'))
  const port = await freePort()
  const file = join(folder, 'tinyproxy.conf')
  const lines = [
    `Port ${port}`,
    'Listen 127.0.0.1',
    `BasicAuth ${user} ${password}`,
    `Upstream http ${onwards}`,
    `LogFile "${join(folder, 'log')}"`,
    'MaxClients 20',
    'Timeout 600',
  ]
  writeFileSync(file, `${lines.join('\n')}\n`)
  const child = spawn(program, ['-d', '-c', file], { stdio: 'ignore' })
  const ended = once(child, 'exit')
  t.teardown(async () => {
    child.kill('SIGKILL')
    await ended
    rmSync(folder, { recursive: true })
  })
  await listening(port, () => child.exitCode)
  return `127.0.0.1:${port}`
}

/** Waits until a port takes connections; throws if the program that should has ended. */
async function listening(port: number, exitCode: () => number | null): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1')
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    socket.destroy()
    if (isOpen) return
    if (exitCode() !== null) throw new Error(`${program} ended with ${exitCode()}`)
  }
}
