import type { Heard, Violation } from '../exchange.ts'

/** The faults of the pages on which a server reports its state. */
export async function judgeHealth(get: (path: string) => Promise<Heard>): Promise<Violation[]> {
  const wrong: Violation[] = []
  const say = (rule: string, { status, text }: Heard) =>
    wrong.push({ rule, detail: `${status} ${text.slice(0, 600)}` })
  for (const path of ['/ready', '/health', '/stats', '/providers', '/metrics']) {
    const heard = await get(path)
    // Without a provider that works, the server is unhealthy, and says so.
    const mayFail = path === '/health' && heard.status === 503
    if (heard.status !== 200 && !mayFail) say(`${path} is not 200`, heard)
    else if (path === '/metrics') {
      const odd = heard.text.split('\n').filter(line => !isSoundLine(line))
      if (odd.length > 0) say('/metrics has an odd figure', { ...heard, text: odd.join('\n') })
    }
    if (path === '/stats' && heard.status === 200 && !hasSoundFigures(JSON.parse(heard.text)))
      say('/stats has an odd figure', heard)
  }
  return wrong
}

function isSoundLine(line: string): boolean {
  // Between two requests in one millisecond, Node has measured no lag, which is NaN.
  if (line === '' || line.startsWith('#') || line.startsWith('nodejs_eventloop_lag_')) return true
  const figure = Number(/ (\S+)$/.exec(line)?.[1])
  return Number.isFinite(figure) && figure >= 0
}

/** JSON writes NaN as null, so a null among numbers is one. */
function hasSoundFigures({ tokens, requests }: { tokens: object; requests: object }): boolean {
  return [...Object.values(tokens), ...Object.values(requests)].every(
    figure => typeof figure === 'number' && figure >= 0 && figure < 1e16,
  )
}
