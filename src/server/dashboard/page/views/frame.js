import { html } from '../html.js'
import { configuration } from './configuration.js'
import { askForKey } from './key.js'
import { history } from './history.js'
import { now } from './now.js'
import { playground } from './playground.js'
import { providers } from './providers.js'
import { requests } from './requests.js'
import { steps } from './steps.js'
import { usage } from './usage.js'
import { worth } from './worth.js'

/** The views by the name in their address. */
const views = /** @type {const} */ ({
  now: ['Now', now],
  providers: ['Providers', providers],
  requests: ['Requests', requests],
  history: ['History', history],
  worth: ['Worth', worth],
  usage: ['Usage', usage],
  playground: ['Playground', playground],
  steps: ['Steps', steps],
  configuration: ['Configuration', configuration],
})

const words = {
  connecting: 'connecting …',
  live: 'live',
  lost: 'connection lost, trying again …',
  needs_key: 'a key is needed',
}

/** The title of the page, which differs by view: in tabs, bookmarks and what a screen reader says first. @param {string} name */
export function titleOf(name) {
  return `${views[chosenBy(name)][0]} – hulumanage`
}

/** The view that is shown for a name in the address: the first one if there is no such view. @param {string} name */
function chosenBy(name) {
  return Object.hasOwn(views, name) ? /** @type {keyof typeof views} */ (name) : 'now'
}

/** The page: heading, navigation, and the view that is chosen. @param {typeof import('../state.js').state} state */
export function frame(state) {
  const chosen = chosenBy(state.view)
  const [title, view] = views[chosen]
  const connection = state.needsKey ? 'needs_key' : state.connection
  return html`
    <header>
      <h1>hulumanage</h1>
      <nav aria-label="Views">
        ${Object.entries(views).map(
          ([name, [label]]) =>
            html`<a key=${name} href=${`#${name}`} aria-current=${name === chosen ? 'page' : undefined}
              >${label}</a
            >`,
        )}
      </nav>
      <p class=${`connection ${connection}`} role="status">${words[connection]}</p>
    </header>
    <main>
      <h2>${title}</h2>
      ${state.needsKey ? askForKey(state.refusal) : view(state)}
    </main>
  `
}
