// `npm run fuzz`: mutated answers, requests, configurations and contents of Redis against the whole server, for any length of
// time.
import { writeFileSync } from 'node:fs'
import { Findings } from './findings.ts'
import { RedisServer } from '../store/redis-server.ts'
import { Lab } from './lab.ts'
import { fuzzFor } from './run.ts'
import { readExchange, readOptions, usage } from './options.ts'
import { shrink } from './shrink.ts'

const options = readOptions(process.argv.slice(2))
if (options.help) process.stdout.write(usage)
else process.exitCode = await main()

async function main(): Promise<number> {
  const ends: (() => unknown)[] = []
  const redis = options.hasRedis
    ? await RedisServer.start({ teardown: end => void ends.push(end) })
    : undefined
  const lab = new Lab(options.nodeFlags, redis)
  await lab.open()
  try {
    const findings = new Findings()
    if (options.replay !== undefined) {
      const { exchange, violations } = await lab.replay(readExchange(options.replay))
      findings.add(exchange, [...violations, ...(await lab.check())])
    } else if (options.at !== undefined) {
      const { exchange, violations } = await lab.fuzz(
        options.seed,
        options.at,
        options.filter,
        options.shares,
      )
      findings.add(exchange, [...violations, ...(await lab.check())])
    } else {
      const count = await fuzzFor(lab, options, findings)
      process.stderr.write(`${count} exchanges, seed ${options.seed}\n`)
    }
    if (options.shrink) for (const finding of findings.all) finding.exchange = await shrink(lab, finding)
    process.stdout.write(findings.text())
    if (options.json !== undefined) writeFileSync(options.json, JSON.stringify(findings.all, undefined, 1))
    return findings.all.length === 0 ? 0 : 1
  } finally {
    await lab.close()
    for (const end of ends) await end()
  }
}
