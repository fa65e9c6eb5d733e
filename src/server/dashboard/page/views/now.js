import { hasFailed } from '../figures.js'
import { quantile, sum } from '../numbers.js'
import { duration, money, number } from '../format.js'
import { html } from '../html.js'
import { spark } from '../parts/spark.js'

/** Seconds over which rates and quantiles are taken. */
const windowSeconds = 60

/** Milliseconds after which a running request stands out. */
const longMs = 10_000

/** The last minutes in figures, and the requests that take long. @param {typeof import('../state.js').state} state */
export function now({ seconds, ended, running }) {
  const last = seconds.slice(-windowSeconds)
  const newest = last.at(-1)
  const since = (last[0]?.at ?? 0) - 1000
  // A refusal takes no time: it would make answers look quicker than they are.
  const answers = ended.filter(request => request.at > since && !hasFailed(request))
  const firsts = answers.flatMap(({ first_ms }) => first_ms ?? [])
  const rate = (/** @type {(second: import('../state.js').Second) => number} */ figure) =>
    last.length === 0 ? undefined : sum(last, figure) / last.length
  const usd = rate(second => second.usd)
  return html`
    <ul class="tiles">
      ${tile(
        'Requests a second',
        number(rate(({ requests }) => requests)),
        seconds.map(({ requests }) => requests),
      )}
      ${tile(
        'Errors a second',
        number(rate(({ failed }) => failed)),
        seconds.map(({ failed }) => failed),
      )}
      ${tile(
        'In flight',
        number(newest?.in_flight),
        seconds.map(({ in_flight }) => in_flight),
      )}
      ${tile(
        'Waiting for a provider',
        number(newest?.waiting),
        seconds.map(({ waiting }) => waiting),
      )}
      ${tile(
        'Tokens a second',
        number(rate(({ tokens }) => tokens)),
        seconds.map(({ tokens }) => tokens),
      )}
      ${tile(
        'First content, p50 / p95',
        quantiles(firsts),
        seconds.map(({ first_ms }) => first_ms),
      )}
      ${tile(
        'Whole answer, p50 / p95',
        quantiles(answers.map(({ ms }) => ms)),
        seconds.map(({ ms }) => ms),
      )}
      ${
        usd
          ? tile(
              'Cost an hour',
              money(usd * 3600),
              seconds.map(second => second.usd),
            )
          : ''
      }
    </ul>
    <p class="note">Rates and quantiles of the last ${last.length} s.</p>
    <h3>Requests that take long</h3>
    ${longRunning(running.filter(({ ms }) => ms >= longMs))}
  `
}

/** @param {string} label @param {string} value @param {readonly number[]} values */
function tile(label, value, values) {
  return html`<li key=${label}>
    <span class="label">${label}</span
    ><strong>${value}</strong>${spark(`${label}, last five minutes`, values)}
  </li>`
}

/** @param {number[]} values */
function quantiles(values) {
  return values.length === 0
    ? '–'
    : `${duration(quantile(values, 0.5))} / ${duration(quantile(values, 0.95))}`
}

/** @param {import('../state.js').Running[]} running */
function longRunning(running) {
  if (running.length === 0)
    return html`<p class="empty">None has been running for more than ${duration(longMs)}.</p>`
  return html`
    <table>
      <thead>
        <tr>
          <th>Request</th>
          <th>Model</th>
          <th>Route</th>
          <th class="number">Running for</th>
        </tr>
      </thead>
      <tbody>
        ${running.map(
          ({ id, model, route, ms }) =>
            html`<tr key=${id}>
              <td><code>${id}</code></td>
              <td>${model ?? ''}</td>
              <td>${route}</td>
              <td class="number">${duration(ms)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  `
}
