import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compiledCode } from '../../compiled-code.ts'
import { freePort } from '../../fake-provider/ports.ts'
import type { Owner } from '../../fake-provider/ports.ts'

const bin = join(import.meta.dirname, '../../../bin/hulumanage.js')
/** Answers about the health in a row after which each worker has been asked: connections go to them in turn. */
const answersInARow = 8

/** A server of several workers, as it is installed. */
export class ManyWorkers {
  readonly #url: string

  private constructor(url: string) {
    this.#url = url
  }

  static async start(owner: Owner, config: object, workers: number): Promise<ManyWorkers> {
    const folder = mkdtempSync(join(tmpdir(), 'outages-'))
    owner.teardown(() => rmSync(folder, { recursive: true, force: true }))
    writeFileSync(join(folder, 'hulumanage.yaml'), JSON.stringify(config))
    const port = await freePort()
    const args = [bin, 'serve', '--port', String(port), '--workers', String(workers)]
    const env = { HOME: folder, PATH: process.env['PATH'] ?? '', ...compiledCode }
    const child = spawn(process.execPath, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'ignore'] })
    const ended = once(child, 'exit')
    owner.teardown(async () => {
      child.kill('SIGTERM')
      await ended
    })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
    while (!output.includes('Try it:')) {
      await Promise.race([once(child.stdout, 'data'), ended])
      const end = child.exitCode ?? child.signalCode
      if (end !== null) throw new Error(`the server ended with ${end}`)
    }
    return new ManyWorkers(`http://127.0.0.1:${port}`)
  }

  /** Sends a request on a connection of its own; resolves to the status. */
  async ask(model: string, content: string): Promise<number> {
    const response = await fetch(`${this.#url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', connection: 'close' },
      body: JSON.stringify({ model, messages: [{ role: 'user', content }] }),
    })
    await response.text()
    return response.status
  }

  /** Resolves when all workers reach Redis, or when the first of them says that it does not. */
  async reaches(isUp: boolean): Promise<void> {
    for (let inARow = 0; inARow < (isUp ? answersInARow : 1);) {
      const response = await fetch(`${this.#url}/health`, { headers: { connection: 'close' } })
      const isAsWanted = (await response.text()).includes('"ok":true') === isUp
      inARow = isAsWanted ? inARow + 1 : 0
    }
  }
}
