import { hasFailed, perSecond, quantile, recent, sum, tokensOf } from '../figures.js'
import { duration, money, number } from '../format.js'
import { html } from '../html.js'
import { spark } from '../parts/spark.js'

/** Seconds over which rates and quantiles are taken. */
const windowSeconds = 60

/** Milliseconds after which a running request stands out. */
const longMs = 10_000

/** The last minutes in figures, and the requests that take long. @param {typeof import('../state.js').state} state */
export function now({ reports }) {
  const last = recent(windowSeconds)
  const seconds = Math.min(windowSeconds, Math.max(1, reports.length))
  const totals = last.map(({ ms }) => ms)
  const firsts = last.flatMap(({ first_ms }) => first_ms ?? [])
  const costs = last.flatMap(({ cost }) => cost?.usd ?? [])
  const running = reports.at(-1)?.running ?? []
  return html`
    <ul class="tiles">
      ${tile(
        'Requests a second',
        number(last.length / seconds),
        perSecond(({ ended, unlisted }) => ended.length + unlisted),
      )}
      ${tile(
        'Errors a second',
        number(last.filter(hasFailed).length / seconds),
        perSecond(({ ended }) => ended.filter(hasFailed).length),
      )}
      ${tile(
        'In flight',
        number(reports.at(-1)?.in_flight),
        perSecond(report => report.in_flight),
      )}
      ${tile(
        'Tokens a second',
        number(sum(last, tokensOf) / seconds),
        perSecond(({ ended }) => sum(ended, tokensOf)),
      )}
      ${tile(
        'First content, p50 / p95',
        quantiles(firsts),
        perSecond(
          ({ ended }) =>
            quantile(
              ended.flatMap(({ first_ms }) => first_ms ?? []),
              0.5,
            ) ?? 0,
        ),
      )}
      ${tile(
        'Whole answer, p50 / p95',
        quantiles(totals),
        perSecond(
          ({ ended }) =>
            quantile(
              ended.map(({ ms }) => ms),
              0.5,
            ) ?? 0,
        ),
      )}
      ${
        costs.length > 0 &&
        tile(
          'Cost an hour',
          money((sum(costs, cost => cost) / seconds) * 3600),
          perSecond(({ ended }) => sum(ended, ({ cost }) => cost?.usd ?? 0)),
        )
      }
    </ul>
    <p class="note">
      Rates and quantiles of the last ${seconds} seconds, of the process that serves this page.
    </p>
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
