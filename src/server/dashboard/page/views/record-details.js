import { money, number } from '../format.js'
import { html } from '../html.js'
import { callTree } from '../parts/call-tree.js'
import { textsOf } from '../parts/texts.js'

/** The facts of a request in the ledger, and its calls on one time axis. @param {import('../state.js').Recorded} record */
export function recordDetails({ client, tokens, cost, wasted_cost, texts, tree = [] }) {
  return html`
    <dl>
      ${facts({
        Client: client,
        Tokens: tokens && tokenWords(tokens),
        Cost:
          cost !== null &&
          `${money(cost)}${wasted_cost ? `, of which ${money(wasted_cost)} for answers that were not used` : ''}`,
      })}
    </dl>
    ${texts && textsOf(texts)} ${tree.length > 0 && callTree(tree.map(shownCall))}
  `
}

/**
 * Facts by their names. Those without a value are left out.
 * @param {Readonly<Record<string, unknown>>} values
 * @param {string} [kind] `narrow`: only for a screen that is too narrow for the columns of the table
 */
export function facts(values, kind) {
  return Object.entries(values).map(
    ([name, value]) =>
      value != null &&
      value !== '' &&
      value !== false &&
      html`<dt class=${kind}>${name}</dt>
        <dd class=${kind}>${value}</dd>`,
  )
}

/** @param {import('../state.js').Tokens} tokens */
function tokenWords({ prompt, completion, wasted }) {
  const words = `${number(prompt)} of prompts, ${number(completion)} of answers`
  return wasted ? `${words}; ${number(wasted)} for answers that were not used` : words
}

/** A call of the ledger as the tree shows it. @param {import('../state.js').RecordedCall} call @returns {import('../parts/call-tree.js').Call} */
function shownCall({ outcome, tokens, cost, discarded, attempts = [], calls = [], ...call }) {
  const total = tokens ? tokens.prompt + tokens.completion : undefined
  return {
    ...call,
    ...(outcome !== 'ok' && { error: outcome }),
    ...(total !== undefined && { usage: { total_tokens: total } }),
    ...(cost !== undefined && { cost: { usd: cost } }),
    ...(discarded !== undefined && { discarded, unused: tokens != null && tokens.wasted >= (total ?? 0) }),
    calls: [...attempts, ...calls].map(shownCall),
  }
}
