import { number } from '../format.js'
import { html } from '../html.js'

/**
 * A part of a prompt or an answer that the ledger keeps.
 * @typedef {{ role: string, text: string, choice?: number, left_out?: number }} Part
 * @typedef {{ prompt: Part[], answer: Part[] }} Texts
 */

/** A prompt and its answer, closed until somebody opens them. @param {Texts} texts */
export function textsOf({ prompt, answer }) {
  return html`<details class="texts">
    <summary>Prompt and answer</summary>
    <dl>${[...prompt, ...answer].map(part)}</dl>
  </details>`
}

/** @param {Part} part @param {number} index */
function part({ role, text, choice, left_out }, index) {
  return html`
    <dt key=${`${index}-role`}>${role}${choice === undefined ? '' : ` (choice ${choice})`}</dt>
    <dd key=${index}>
      ${text}${left_out !== undefined && html`<small>${number(left_out)} characters are left out</small>`}
    </dd>
  `
}
