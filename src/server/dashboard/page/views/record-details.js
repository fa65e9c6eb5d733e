import { money, number } from '../format.js'
import { html } from '../html.js'
import { callTree } from '../parts/call-tree.js'
import { textsOf } from '../parts/texts.js'

/** The facts of a request in the ledger, and its calls on one time axis. @param {import('../state.js').Recorded} record */
export function recordDetails({ client, tokens, cost, wasted_cost, texts, tree = [] }) {
  return html`
    <dl>
      ${
        client &&
        html`<dt>Client</dt>
          <dd>${client}</dd>`
      }
      ${
        tokens &&
        html`<dt>Tokens</dt>
          <dd>${tokenWords(tokens)}</dd>`
      }
      ${
        cost !== null &&
        html`<dt>Cost</dt>
          <dd>
            ${money(cost)}${wasted_cost ? `, of which ${money(wasted_cost)} for answers that were not used` : ''}
          </dd>`
      }
    </dl>
    ${texts && textsOf(texts)} ${tree.length > 0 && callTree(tree.map(shownCall))}
  `
}

/**
 * The columns that the table leaves out on a screen that is too narrow for them; those without a value are left out here, too.
 * @param {Readonly<Record<string, string | number | null | undefined>>} columns
 */
export function narrowFacts(columns) {
  return Object.entries(columns).map(
    ([label, value]) =>
      value != null &&
      value !== '' &&
      html`<dt class="narrow">${label}</dt>
        <dd class="narrow">${value}</dd>`,
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
