import { hasFailed, tokensOf } from '../figures.js'
import { duration, money, number, time } from '../format.js'
import { html } from '../html.js'
import { update } from '../state.js'
import { requestDetails } from './request-details.js'

const more = 200

/** The requests that have ended, the newest first; one opened shows its calls. @param {typeof import('../state.js').state} state */
export function requests({ ended, filter, shown, opened, record }) {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean)
  const found =
    words.length === 0 ? ended : ended.filter(request => words.every(word => textOf(request).includes(word)))
  if (ended.length === 0) return nothingYet
  return html`
    <form role="search" onSubmit=${(/** @type {Event} */ event) => event.preventDefault()}>
      <label
        >Filter
        <input
          type="search"
          value=${filter}
          placeholder="model, provider, client, code, id"
          onInput=${changeFilter}
      /></label>
      <output>${number(found.length)} of ${number(ended.length)} requests</output>
    </form>
    ${table(found.slice(-shown).toReversed(), opened, record)}
    ${found.length > shown && html`<button onClick=${() => update({ shown: shown + more })}>Show ${more} more</button>`}
  `
}

const nothingYet = html`<p class="empty">
  Requests appear here as they end, from now on. Earlier ones are in the <a href="#history">history</a>.
</p>`

/**
 * Rows and details are one list: in lists of their own, the arrival of a request would draw all rows again, and take away the focus.
 * @param {readonly import('../state.js').Ended[]} rows
 * @param {string} opened
 * @param {import('../state.js').Recorded} [record]
 */
function table(rows, opened, record) {
  const hasClients = rows.some(({ client }) => client !== undefined)
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th>Ended</th>
          ${hasClients && html`<th>Client</th>`}
          <th>Model</th>
          <th class="minor">Chain</th>
          <th class="minor">Provider</th>
          <th class="minor">Attempts</th>
          <th class="number minor">First</th>
          <th class="number minor">Total</th>
          <th class="number minor">Tokens</th>
          <th class="number minor">Cost</th>
          <th>Result</th>
        </tr>
      </thead>
      <tbody>
        ${rows.flatMap(request => [
          requestRow(request, hasClients),
          request.id === opened && requestDetails(request, record),
        ])}
      </tbody>
    </table>
  </div>`
}

/** @param {InputEvent} event */
function changeFilter(event) {
  update({ filter: /** @type {HTMLInputElement} */ (event.target).value, shown: 100 })
}

/** @param {import('../state.js').Ended} request */
function textOf({ id, client, model, approach, provider, cache, code, route, status, failed = [] }) {
  return [
    id,
    client,
    model,
    approach,
    provider,
    cache,
    code,
    route,
    status,
    ...failed.map(attempt => attempt.provider),
  ]
    .join(' ')
    .toLowerCase()
}

/** @param {import('../state.js').Ended} request @param {boolean} hasClients */
function requestRow(request, hasClients) {
  const { id, at, client, model, approach, provider, first_ms, ms, cost } = request
  return html`
    <tr key=${`${id} ${at}`} class=${hasFailed(request) ? 'failed' : ''}>
      <td class="time"><a href=${`#requests/${encodeURIComponent(id)}`}>${time(at)}</a></td>
      ${hasClients && html`<td>${client ?? ''}</td>`}
      <td>${model ?? ''}</td>
      <td class="minor">${approach ?? ''}</td>
      <td class="minor">${provider ?? ''}</td>
      <td class="minor">${dots(request)}</td>
      <td class="number minor">${first_ms === undefined ? '' : duration(first_ms)}</td>
      <td class="number minor">${duration(ms)}</td>
      <td class="number minor">${number(tokensOf(request))}</td>
      <td class="number minor">${cost === undefined ? '' : money(cost.usd)}</td>
      <td>${resultOf(request)}</td>
    </tr>
  `
}

/** @param {import('../state.js').Ended} request */
function resultOf({ code, status, cache, degraded }) {
  return [code ?? status, cache === 'hit' && 'from the cache', degraded && 'degraded']
    .filter(Boolean)
    .join(', ')
}

/** A dot for each attempt: those that failed first. @param {import('../state.js').Ended} request */
function dots({ attempts = 0, failed = [] }) {
  const good = Math.max(0, attempts - failed.length)
  const label = `${attempts} attempts, ${failed.length} failed`
  return html`<span class="dots" role="img" aria-label=${label} title=${label}>
    ${failed.slice(0, 8).map(({ provider, code }) => html`<i class="bad" title=${`${provider}: ${code}`}></i>`)}
    ${good <= 8 ? Array.from({ length: good }, () => html`<i class="good"></i>`) : html`<small>${good}</small>`}
  </span>`
}
