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
import type { PartResult } from './parts.ts'
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
    for (const { title, text } of found) console.log(`\n${title}\n\n${text}`)
    results.push(...found)
  }
  await scene.upstream.stop()
  if (options.json !== undefined) writeFileSync(options.json, asJson(machine, options, results))
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
  const { rounds, seconds, warmUp, connections } = options
  const record = {
    date: new Date().toISOString(),
    machine,
    options: { rounds, seconds, warmUp, connections },
    parts: results.map(({ part, title, servers }) => ({ part, title, servers })),
  }
  return `${JSON.stringify(record, undefined, 2)}\n`
}

/** Progress, apart from the results. */
function tell(text: string): void {
  process.stderr.write(`${text}\n`)
}
