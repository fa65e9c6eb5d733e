import { hasFailed, tokensOf } from '../figures.js'
import { groupBy, quantile, sum } from '../numbers.js'
import { duration, money, number } from '../format.js'
import { html } from '../html.js'

/** @typedef {import('../state.js').Ended} Ended */

/** The price of an answer by each chain, of the requests that this page has seen. @param {readonly Ended[]} ended */
export function liveWorth(ended) {
  const answered = ended.filter(request => request.approach !== undefined && !hasFailed(request))
  if (answered.length === 0) return html`<p class="empty">Answers appear here as they end, from now on.</p>`
  return html`
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th>Chain</th>
            <th class="number">Answers</th>
            <th class="number">Calls per answer</th>
            <th class="number">Tokens per answer</th>
            <th class="number">Cost per answer</th>
            <th class="number">Time, p50</th>
            <th class="number">Time, p95</th>
            <th class="number">Degraded</th>
          </tr>
        </thead>
        <tbody>
          ${[...groupBy(answered, ({ approach = '' }) => approach)].map(([chain, answers]) => chainRow(chain, answers))}
        </tbody>
      </table>
    </div>
    <p class="note">The last ${number(answered.length)} answers.</p>
  `
}

/** @param {string} chain @param {Ended[]} answers */
function chainRow(chain, answers) {
  const times = answers.map(({ ms }) => ms)
  const costs = answers.flatMap(({ cost }) => cost?.usd ?? [])
  return html`
    <tr key=${chain}>
      <th scope="row">${chain}</th>
      <td class="number">${number(answers.length)}</td>
      <td class="number">${number(sum(answers, ({ calls = 0 }) => calls) / answers.length)}</td>
      <td class="number">${number(sum(answers, tokensOf) / answers.length)}</td>
      <td class="number">${costs.length === 0 ? '–' : money(sum(costs, cost => cost) / costs.length)}</td>
      <td class="number">${duration(quantile(times, 0.5))}</td>
      <td class="number">${duration(quantile(times, 0.95))}</td>
      <td class="number">${number(answers.filter(({ degraded }) => degraded).length)}</td>
    </tr>
  `
}
