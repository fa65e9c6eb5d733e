// `npm run bench`: what a server takes at its limit, beside other servers in the same place.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BenchFailure } from './failure.ts'
import { describeMachine, pinItself, requireMachine } from './machine.ts'
import type { Machine } from './machine.ts'
import { readOptions, usage } from './options.ts'
import type { Options } from './options.ts'
import { runPart } from './parts.ts'
import { renderResult } from './report/render.ts'
import type { BenchRecord, PartResult } from './report/result.ts'
import { selectPeers } from './servers/peers.ts'
import { openScene } from './scene.ts'

try {
  const options = readOptions(process.argv.slice(2))
  if (options.help) process.stdout.write(usage)
  else await bench(options)
} catch (error) {
  // A fault of the benchmark itself keeps its stack.
  console.error(error instanceof BenchFailure ? `bench: ${error.message}` : error)
  process.exit(1)
}

async function bench(options: Options): Promise<void> {
  requireMachine(options)
  const peers = selectPeers(options, tell)
  const machine = describeMachine()
  const folder = mkdtempSync(join(tmpdir(), 'hulumanage-bench-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  pinItself(options.loadCores)

  const scene = await openScene({ folder, options, peers, tell })
  console.log(heading(machine, options))
  const results: PartResult[] = []
  for (const part of options.parts) {
    const found = await runPart(part, scene)
    for (const result of found) console.log(asText(result))
    results.push(...found)
    // After each part, so that a run that ends early leaves something.
    if (options.json !== undefined) writeFileSync(options.json, asJson(machine, options, results))
  }
  await scene.upstream.stop()
}

function asText(result: PartResult): string {
  const { table, doubts } = renderResult(result)
  return `\n${result.title}\n\n${table}${doubts.map(doubt => `Warning: ${doubt}\n`).join('')}`
}

function heading(machine: Machine, { rounds, seconds, serverCore, loadCores }: Options): string {
  const { cpu, kernel, node, nginx, wrk, fastify, undici } = machine
  return (
    `${cpu}, Linux ${kernel}, Node ${node}, fastify ${fastify}, undici ${undici}, nginx ${nginx}, wrk ${wrk}\n` +
    `server on core ${serverCore}, wrk and upstream on ${loadCores.join(', ')}; ` +
    `medians (and quartiles) of ${rounds} rounds of ${seconds} s`
  )
}

function asJson(machine: Machine, options: Options, results: readonly PartResult[]): string {
  const { rounds, seconds, warmUp, connections, serverCore, loadCores } = options
  const record: BenchRecord = {
    date: new Date().toISOString(),
    command: process.argv.slice(2),
    machine,
    options: { rounds, seconds, warmUp, connections, serverCore, loadCores },
    parts: results,
  }
  return `${JSON.stringify(record, undefined, 2)}\n`
}

/** Progress, apart from the results. */
function tell(text: string): void {
  process.stderr.write(`${text}\n`)
}
