import { duration, money, number, percent } from '../format.js'
import { html } from '../html.js'
import { readWorth } from '../ledger.js'
import { update } from '../state.js'
import { liveWorth } from './live-worth.js'

const spans = [1, 7, 30, 90, 365]

/** The price of an answer by each chain, and what it bought: from the ledger, and live. @param {typeof import('../state.js').state} state */
export function worth({ worth: all, ended, days, problem }) {
  // A request that was refused before its chain was known has no answer.
  const rows = all?.filter(({ chain }) => chain !== null)
  return html`
    <form onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}>
      <label
        >Days
        <select onChange=${changeDays}>
          ${spans.map(value => html`<option value=${value} selected=${value === days}>${value}</option>`)}
        </select></label
      >
    </form>
    ${problem && html`<p class="error" role="alert">${problem}</p>`} ${rows && rows.length > 0 && table(rows)}
    ${rows?.length === 0 && html`<p class="empty">The ledger has no answers of these days.</p>`}
    <h3>Since this page was opened</h3>
    ${liveWorth(ended)}
  `
}

/** @param {import('../state.js').UsageRow[]} rows */
function table(rows) {
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
            <th class="number">Wasted</th>
            <th class="number">Time per answer</th>
            <th class="number">Critical path</th>
            <th class="number">Draft changed</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(chainRow)}
        </tbody>
      </table>
    </div>
    <p class="note">
      The critical path is the longest sequence of calls that had to wait for each other: an answer cannot
      take less. A draft is changed if the answer is not part of the first candidate, which is what the model
      alone would have answered.
    </p>
  `
}

/** @param {import('../state.js').UsageRow} row */
function chainRow(row) {
  const figure = (/** @type {string} */ name) => Number(row[name] ?? 0)
  const answers = figure('requests') - figure('failed')
  const each = (/** @type {number} */ sum) => (answers === 0 ? undefined : sum / answers)
  const share = (/** @type {string} */ part, /** @type {string} */ whole) =>
    figure(whole) === 0 ? '–' : percent(figure(part) / figure(whole))
  return html`
    <tr key=${row['chain']}>
      <th scope="row">${row['chain'] ?? '–'}</th>
      <td class="number">${number(answers)}</td>
      <td class="number">${number(each(figure('calls')))}</td>
      <td class="number">${number(each(figure('prompt') + figure('completion')))}</td>
      <td class="number">${row['cost'] == null ? '–' : money(each(figure('cost')))}</td>
      <td class="number">${row['cost'] == null ? '–' : share('wasted_cost', 'cost')}</td>
      <td class="number">${duration(each(figure('answer_ms')) || undefined)}</td>
      <td class="number">${duration(each(figure('path_ms')) || undefined)}</td>
      <td class="number">${share('changed', 'compared')}</td>
    </tr>
  `
}

/** @param {Event} event */
function changeDays(event) {
  update({
    days: Number(/** @type {HTMLSelectElement} */ (event.target).value),
    worth: undefined,
    usage: undefined,
  })
  void readWorth()
}
