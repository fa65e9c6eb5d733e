import { tokensOf } from '../figures.js'
import { duration, money, number } from '../format.js'
import { html } from '../html.js'
import { explanation } from '../parts/explanation.js'
import { facts, recordDetails } from './record-details.js'

/**
 * The row below a request that is opened, with its calls if the ledger has them.
 * @param {import('../state.js').Ended} request
 * @param {import('../state.js').Recorded} [record]
 */
export function requestDetails(request, record) {
  const { id, route, code, client, served, calls, failed = [] } = request
  return html`
    <tr key=${`${id}-details`} class="details">
      <td colspan="11">
        <dl>
          ${facts({
            Request: html`<code>${id}</code>`,
            Route: route,
            Error: code && html`${code} ${explanation(code)}`,
            Client: record?.id !== id && client,
          })}
          ${facts(columnsOf(request, record?.id === id), 'narrow')}
          ${facts({
            'Served by model': served,
            'Calls to models': calls,
            'Failed attempts': failed.length > 0 && failed.map(failure),
          })}
        </dl>
        ${record?.id === id && recordDetails(record)}
        <a href="#requests">Close</a>
      </td>
    </tr>
  `
}

/** The record, if there is one, has tokens and cost. @param {import('../state.js').Ended} request @param {boolean} isRecorded */
function columnsOf(request, isRecorded) {
  const { approach, provider, attempts, first_ms, ms, cost } = request
  return {
    Chain: approach,
    Provider: provider,
    Attempts: attempts,
    First: first_ms === undefined ? undefined : duration(first_ms),
    Total: duration(ms),
    ...(!isRecorded && {
      Tokens: number(tokensOf(request)),
      Cost: cost === undefined ? undefined : money(cost.usd),
    }),
  }
}

/** @param {{ provider: string, code: string, status?: number, ms: number }} attempt */
function failure({ provider, code, status, ms }) {
  return html`<div>
    ${provider}: ${code}${status === undefined ? '' : ` (${status})`} after ${duration(ms)}
  </div>`
}
