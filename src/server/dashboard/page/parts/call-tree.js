import { duration, money, number } from '../format.js'
import { html } from '../html.js'
import { textsOf } from './texts.js'

/**
 * A call of a trace; times are in milliseconds since the request began.
 * @typedef {{ path: string, start_ms: number, ms?: number, provider?: string, model?: string, error?: string,
 *   cached?: boolean, discarded?: string, unused?: boolean, cost?: { usd: number }, usage?: { total_tokens?: number },
 *   choices?: { finish?: string | null, discarded?: string }[], texts?: import('./texts.js').Texts, calls?: Call[] }} Call
 */

/** The calls under a request, each as a bar on one time axis. @param {readonly Call[]} calls */
export function callTree(calls) {
  const rows = calls.flatMap(call => rowsOf(call, 0))
  const total = Math.max(1, ...rows.map(({ call }) => call.start_ms + (call.ms ?? 0)))
  const hasCost = rows.some(({ call }) => call.cost !== undefined)
  return html`
    <div class="scroll">
      <table class="tree">
        <caption>
          Calls, over ${duration(total)}
        </caption>
        <thead>
          <tr>
            <th>Call</th>
            <th class="axis">Time</th>
            <th class="number">Tokens</th>
            ${hasCost && html`<th class="number">Cost</th>`}
          </tr>
        </thead>
        <tbody>
          ${rows.map(({ call, depth }, index) => callRow({ call, depth, total, index, hasCost }))}
        </tbody>
      </table>
    </div>
  `
}

/** @param {Call} call @param {number} depth @returns {{ call: Call, depth: number }[]} */
function rowsOf(call, depth) {
  return [{ call, depth }, ...(call.calls ?? []).flatMap(inner => rowsOf(inner, depth + 1))]
}

/** @param {{ call: Call, depth: number, total: number, index: number, hasCost: boolean }} row */
function callRow({ call, depth, total, index, hasCost }) {
  const { path, start_ms, ms = 0, provider, model, usage, cost, texts } = call
  const [start, width] = [(start_ms / total) * 100, Math.max(0.5, (ms / total) * 100)]
  return html`
    <tr key=${index} class=${isDiscarded(call) ? 'discarded' : ''}>
      <th scope="row" style=${{ paddingLeft: `${0.5 + depth}rem` }}>
        ${path.split('.').at(-1) || 'answer'} <small>${[provider, model].filter(Boolean).join(', ')}</small>
      </th>
      <td class="axis">
        <span class="bar" style=${{ marginLeft: `${start}%`, width: `${width}%` }}></span>
        <small>${[duration(ms), resultOf(call)].filter(Boolean).join(', ')}</small>
      </td>
      <td class="number">${usage?.total_tokens === undefined ? '' : number(usage.total_tokens)}</td>
      ${hasCost && html`<td class="number">${cost === undefined ? '' : money(cost.usd)}</td>`}
    </tr>
    ${
      texts &&
      html`<tr key=${`${index}-texts`}>
        <td colspan=${hasCost ? 4 : 3} style=${{ paddingLeft: `${0.5 + depth}rem` }}>${textsOf(texts)}</td>
      </tr>`
    }
  `
}

/** @param {Call} call */
function resultOf({ error, cached, discarded: why, choices = [] }) {
  if (error) return error
  if (why) return why
  const discarded = choices.flatMap(choice => choice.discarded ?? [])
  const kept = choices.length - discarded.length
  const words = cached ? ['from the cache'] : []
  if (discarded.length > 0) words.push(`${kept} of ${choices.length} kept: ${discarded.join('; ')}`)
  else if (choices.some(({ finish }) => finish && finish !== 'stop'))
    words.push(choices.map(({ finish }) => finish).join(', '))
  return words.join(', ')
}

/** @param {Call} call */
function isDiscarded({ error, unused, choices = [] }) {
  return (
    error !== undefined ||
    unused ||
    (choices.length > 0 && choices.every(({ discarded }) => discarded !== undefined))
  )
}
