// `npm run soak`: many requests through one server whose memory must stay flat, then more than it can answer, then clients
// that do not read.
import { parseArgs } from 'node:util'
import { runLoad } from './load.ts'
import type { Sample } from './load.ts'
import { runOverload } from './overload.ts'
import { runSlowReaders } from './slow-readers.ts'
import { growthPerStep } from './trend.ts'

const usage = `npm run soak -- [options]

  --requests N   requests at full load (200000); memory may grow by 1 MB per 10,000 after the first 20,000
  --width N      requests under way at one time (32)
  --half N       requests at half of that load (10000), with an event loop that is at most 20 ms late (p99)
  --overload N   how many times more is sent than can be answered (10); 90 % of the capacity must be used, and a
                 refusal take at most 10 ms (p99)
  --seconds N    how long (10)
  --readers N    clients that open a stream and do not read (20), twice; each of the second ones may hold 256 KiB, without
                 the text that recovery remembers
  --seed N       the choices of the run; a new one each time unless set

0 leaves a phase out. Times need a machine that does nothing else.
`
const { values: flags } = parseArgs({
  options: {
    requests: { type: 'string', default: '200000' },
    width: { type: 'string', default: '32' },
    half: { type: 'string', default: '10000' },
    overload: { type: 'string', default: '10' },
    seconds: { type: 'string', default: '10' },
    readers: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Math.trunc(Math.random() * 1e6)) },
    help: { type: 'boolean', default: false },
  },
})
/** The number of requests between two measurements. */
const every = 10_000
/** Measurements at the beginning, while code is compiled and caches fill. */
const warmUpSamples = 2
const missed: string[] = []

if (flags.help) process.stdout.write(usage)
else process.exitCode = await main()

async function main(): Promise<number> {
  const [requests, half, factor, readers] = [flags.requests, flags.half, flags.overload, flags.readers].map(
    Number,
  )
  if (requests) await load(requests, half ?? 0)
  if (factor) await overload(factor)
  if (readers) await slowReaders(readers)
  process.stdout.write(missed.map(line => `${line}\n`).join(''))
  return missed.length === 0 ? 0 : 1
}

async function load(requests: number, half: number): Promise<void> {
  const [seed, width] = [Number(flags.seed), Number(flags.width)]
  tell(`seed ${seed}`)
  const onSample = (sample: Sample) => tell(shown(sample))
  const report = await runLoad({ seed, requests, half, width, every, onSample })
  missed.push(...report.wrong)
  const growth = growthPerStep(report.samples.slice(warmUpSamples).map(({ bytes }) => bytes))
  judge('memory per 10,000 requests', growth / 1e6, 1, 'MB')
  if (!report.half) return
  tell(`half load: ${shown(report.half)}`)
  judge('delay of the event loop at half load', report.half.delayMs, 20, 'ms')
}

async function overload(factor: number): Promise<void> {
  const { sent, answered, refused, goodput, refusalMs, wrong } = await runOverload({
    factor,
    seconds: Number(flags.seconds),
  })
  tell(`overload: ${sent} sent, ${answered} answered, ${refused} refused`)
  missed.push(...wrong)
  judge('capacity unused', (1 - goodput) * 100, 10, '%')
  judge('time to a refusal', refusalMs, 10, 'ms')
}

async function slowReaders(count: number): Promise<void> {
  const { bytes, wrong } = await runSlowReaders(count)
  missed.push(...wrong)
  judge('held for a client that does not read', bytes / 1024, 256, 'KiB')
}

function shown({ after, bytes, delayMs, rate }: Sample): string {
  return `${after} requests: ${(bytes / 1e6).toFixed(2)} MB, event loop ${delayMs.toFixed(1)} ms late (p99), ${Math.round(rate)}/s`
}

function judge(name: string, figure: number, most: number, unit: string): void {
  const text = `${name}: ${figure.toFixed(2)} ${unit}, ${most} at most`
  tell(text)
  if (figure > most) missed.push(text)
}

function tell(text: string): void {
  process.stderr.write(`${text}\n`)
}
