import { html } from '../html.js'
import { useKey } from '../server.js'

/** The form for the key of a server that requires one. @param {string} refusal why the server refused the last one */
export function askForKey(refusal) {
  return html`
    <form class="key" onSubmit=${enterKey}>
      ${refusal && html`<p class="error" role="alert">${refusal}</p>`}
      <p>
        This server requires a key: one of its <code>api_keys</code>, or that of an operator. It is kept in
        this browser alone.
      </p>
      <label>Key <input name="key" type="password" autocomplete="off" required autofocus /></label>
      <label><input name="remember" type="checkbox" /> Remember it in this browser</label>
      <button>Use this key</button>
    </form>
  `
}

/** @param {SubmitEvent} event */
function enterKey(event) {
  event.preventDefault()
  const form = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget))
  const key = form.get('key')
  if (typeof key === 'string') useKey(key, form.has('remember'))
}
