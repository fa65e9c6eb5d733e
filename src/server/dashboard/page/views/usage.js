import { money, number } from '../format.js'
import { html } from '../html.js'
import { readUsage, saveUsage } from '../ledger.js'
import { update } from '../state.js'

/** The ways to group usage, and their names. */
const groupings = {
  day: 'day',
  model: 'model',
  client: 'client',
  chain: 'chain',
  provider: 'provider',
  'day,model': 'day and model',
  'day,client': 'day and client',
}
const spans = [1, 7, 30, 90, 365]

/** Sums of requests, tokens and cost in the ledger. @param {typeof import('../state.js').state} state */
export function usage({ usage: rows, groups, days, problem }) {
  const names = groups.split(',')
  return html`
    <form onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}>
      <label
        >By
        <select onChange=${changeGroups}>
          ${Object.entries(groupings).map(
            ([value, label]) => html`<option value=${value} selected=${value === groups}>${label}</option>`,
          )}
        </select></label
      >
      <label
        >Days
        <select onChange=${changeDays}>
          ${spans.map(value => html`<option value=${value} selected=${value === days}>${value}</option>`)}
        </select></label
      >
      <button type="button" onClick=${() => void saveUsage()}>Save as CSV</button>
    </form>
    ${problem && html`<p class="error" role="alert">${problem}</p>`}
    <div class="scroll">
      <table>
        <thead>
          <tr>
            ${names.map(name => html`<th key=${name}>${name[0]?.toUpperCase() + name.slice(1)}</th>`)}
            <th class="number">Requests</th>
            <th class="number">Failed</th>
            <th class="number">Calls</th>
            <th class="number">Prompt tokens</th>
            <th class="number">Answer tokens</th>
            <th class="number">Wasted tokens</th>
            <th class="number">Cost</th>
            <th class="number">Wasted cost</th>
          </tr>
        </thead>
        <tbody>
          ${(rows ?? []).map(row => usageRow(row, names))}
        </tbody>
      </table>
    </div>
    ${rows?.length === 0 && html`<p class="empty">The ledger has no requests of these days.</p>`}
    <p class="note">Days are in UTC. A cost without a price is unknown, and not part of a sum.</p>
  `
}

/** @param {import('../state.js').UsageRow} row @param {string[]} names */
function usageRow(row, names) {
  const figure = (/** @type {string} */ name) => number(/** @type {number | null} */ (row[name]))
  const dollars = (/** @type {string} */ name) => money(/** @type {number | null} */ (row[name]))
  return html`
    <tr key=${names.map(name => row[name]).join(' ')}>
      ${names.map(name => html`<td key=${name}>${row[name] ?? '–'}</td>`)}
      ${['requests', 'failed', 'calls', 'prompt', 'completion', 'wasted'].map(
        name => html`<td key=${name} class="number">${figure(name)}</td>`,
      )}
      <td class="number">${dollars('cost')}</td>
      <td class="number">${dollars('wasted_cost')}</td>
    </tr>
  `
}

/** @param {Event} event */
function changeGroups(event) {
  update({ groups: /** @type {HTMLSelectElement} */ (event.target).value, usage: undefined })
  void readUsage()
}

/** @param {Event} event */
function changeDays(event) {
  update({ days: Number(/** @type {HTMLSelectElement} */ (event.target).value), usage: undefined })
  void readUsage()
}
