import { hostileTexts } from '../test/approaches/parsers/hostile-texts.ts'
import { readers } from '../test/approaches/parsers/readers.ts'

/** Characters of each text. */
const length = 2 ** 20
/** The least of so many runs counts: another process, or the collection of garbage, only adds to it. */
const runs = 3
const slow = 50

/** Processor time of a call, in milliseconds. */
function millisecondsOf(work: () => unknown): number {
  const before = process.cpuUsage()
  work()
  return process.cpuUsage(before).user / 1000
}

for (const [name, read] of Object.entries(readers)) {
  let most = 0
  let hardest = ''
  for (const text of hostileTexts(length)) {
    let least = millisecondsOf(() => read(text))
    for (let run = 1; run < runs && least > slow / 2; run++)
      least = Math.min(
        least,
        millisecondsOf(() => read(text)),
      )
    if (least > most) [most, hardest] = [least, text.slice(0, 12)]
  }
  console.log(`${name.padEnd(20)} ${most.toFixed(0).padStart(5)} ms  ${JSON.stringify(hardest)}`)
}
