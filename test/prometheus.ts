import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { rmSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './fake-provider/ports.ts'
import type { Owner } from './fake-provider/ports.ts'

/** The reason to skip tests with a real Prometheus; false if there is one. With `HULUMANAGE_TEST_PROMETHEUS` set there must be. */
export const noPrometheus: string | false =
  process.env['HULUMANAGE_TEST_PROMETHEUS'] || spawnSync('promtool', ['--version']).status === 0
    ? false
    : 'no prometheus; install it with: apt-get install prometheus'

/** Runs promtool; returns its exit code and everything that it wrote. */
export function promtool(words: readonly string[], input = ''): { code: number | null; text: string } {
  const { status, stdout, stderr } = spawnSync('promtool', words, { input, encoding: 'utf8' })
  return { code: status, text: stdout + stderr }
}

/** A real Prometheus that scrapes one server every second. */
export class PrometheusServer {
  readonly #port: number

  private constructor(port: number) {
    this.#port = port
  }

  static async start(t: Owner, target: { readonly port: number; readonly key: string }) {
    const folder = mkdtempSync(join(tmpdir(), 'prometheus-'))
    const job = {
      job_name: 'hulumanage',
      authorization: { credentials: target.key },
      static_configs: [{ targets: [`127.0.0.1:${target.port}`] }],
    }
    const config = { global: { scrape_interval: '1s' }, scrape_configs: [job] }
    const file = join(folder, 'prometheus.yml')
    // JSON is YAML.
    writeFileSync(file, JSON.stringify(config))
    const port = await freePort()
    const options = [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ]
    const child = spawn('prometheus', options, { stdio: 'ignore' })
    t.teardown(async () => {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
      rmSync(folder, { recursive: true })
    })
    return new PrometheusServer(port)
  }

  /** Asks for the values of an expression until there are some. */
  async values(expression: string): Promise<readonly number[]> {
    const url = `http://127.0.0.1:${this.#port}/api/v1/query?query=${encodeURIComponent(expression)}`
    for (;;) {
      const response = await fetch(url).catch(() => undefined)
      const body = response?.ok ? ((await response.json()) as QueryAnswer) : undefined
      const found = body?.data.result ?? []
      if (found.length > 0) return found.map(({ value }) => Number(value[1]))
      await new Promise(setImmediate)
    }
  }
}

interface QueryAnswer {
  readonly data: { readonly result: readonly { readonly value: readonly [number, string] }[] }
}
