import { html } from '../html.js'
import { state } from '../state.js'

/** The cause of an error in plain words, and what to do. @param {string} [error] a code, which other words may follow */
export function explanation(error = '') {
  const { when, fix } = state.errors[error.split(' ', 1)[0] ?? ''] ?? {}
  if (!when || !fix) return ''
  return html`<small class="why">${when[0]?.toUpperCase()}${when.slice(1)}. ${withCode(fix)}</small>`
}

/** A text in which backquotes enclose names. @param {string} text */
function withCode(text) {
  return text.split('`').map((part, index) => (index % 2 === 0 ? part : html`<code>${part}</code>`))
}
