import { dateTime, duration, money, number } from '../format.js'
import { html } from '../html.js'
import { explanation } from '../parts/explanation.js'
import { readOlder, readPast } from '../ledger.js'
import { state as current, update } from '../state.js'
import { facts, recordDetails } from './record-details.js'

const filterNames = /** @type {const} */ (['model', 'chain', 'provider', 'client', 'code'])
/** The text of each field. A report may draw the page while somebody types; the filters count from `Find` on. */
const typed = { ...current.filters }

/** The requests in the ledger, the newest first; one opened shows its calls. @param {typeof import('../state.js').state} state */
export function history({ past, cursor, opened, record, problem }) {
  // The request that the address names may be older than those of the page.
  const isElsewhere = record?.id === opened && past && !past.some(({ id }) => id === opened)
  const rows = isElsewhere ? [record, ...past] : (past ?? [])
  // Clients may send the same id twice: the ledger knows the newest of them by it.
  const first = rows.findIndex(({ id }) => id === opened)
  return html`
    <form role="search" onSubmit=${search}>
      ${filterNames.map(
        name =>
          html`<label key=${name}
            >${name === 'code' ? 'Error' : name[0]?.toUpperCase() + name.slice(1)}
            <input name=${name} value=${typed[name]} onInput=${keepTyped}
          /></label>`,
      )}
      <label>Since <input name="since" type="date" value=${typed.since} onInput=${keepTyped} /></label>
      <button>Find</button>
    </form>
    ${problem && html`<p class="error" role="alert">${problem}</p>`}
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th>Started</th>
            <th>Client</th>
            <th>Model</th>
            <th class="minor">Chain</th>
            <th class="minor">Provider</th>
            <th class="number minor">Calls</th>
            <th class="number minor">Total</th>
            <th class="number minor">Tokens</th>
            <th class="number minor">Cost</th>
            <th>Result</th>
          </tr>
        </thead>
        <tbody>
          ${rows.flatMap((request, index) => [
            requestRow(request, index),
            index === first && record?.id === opened && detailsRow(record),
          ])}
        </tbody>
      </table>
    </div>
    ${cursor !== null && html`<button onClick=${() => void readOlder()}>Show older requests</button>`}
    ${past?.length === 0 && html`<p class="empty">The ledger has no such requests.</p>`}
  `
}

/** @param {InputEvent} event */
function keepTyped(event) {
  const { name, value } = /** @type {HTMLInputElement} */ (event.target)
  Object.assign(typed, { [name]: value })
}

/** @param {SubmitEvent} event */
function search(event) {
  event.preventDefault()
  const filters = { ...typed }
  for (const name of filterNames) filters[name] = filters[name].trim()
  update({ filters })
  void readPast()
}

/** @param {import('../state.js').Recorded} request @param {number} index */
function requestRow(request, index) {
  const { id, at, client, model, chain, provider, cache, calls, ms, tokens, cost, error, status } = request
  return html`
    <tr key=${`${id} ${index}`} class=${error === null ? '' : 'failed'}>
      <td class="time"><a href=${`#history/${encodeURIComponent(id)}`}>${dateTime(Date.parse(at))}</a></td>
      <td>${client ?? ''}</td>
      <td>${model ?? ''}</td>
      <td class="minor">${chain ?? ''}</td>
      <td class="minor">${provider ?? ''}</td>
      <td class="number minor">${number(calls)}</td>
      <td class="number minor">${duration(ms)}</td>
      <td class="number minor">${tokens === null ? '' : number(tokens.prompt + tokens.completion)}</td>
      <td class="number minor">${money(cost)}</td>
      <td>${error ?? status}${cache === 'hit' ? ', from the cache' : ''}</td>
    </tr>
  `
}

/** @param {import('../state.js').Recorded} record */
function detailsRow(record) {
  const { chain, provider, calls, ms } = record
  return html`<tr key=${`${record.id}-details`} class="details">
    <td colspan="10">
      <p><code>${record.id}</code></p>
      ${record.error && html`<p>${record.error} ${explanation(record.error)}</p>`}
      <dl>
        ${facts({ Chain: chain, Provider: provider, Calls: number(calls), Total: duration(ms) }, 'narrow')}
      </dl>
      ${recordDetails(record)}
      <a href="#history">Close</a>
    </td>
  </tr>`
}
