import { render } from 'preact'
import { showAddress } from './ledger.js'
import { frame, titleOf } from './views/frame.js'
import { followServer, loadKey } from './server.js'
import { onUpdate, state, update } from './state.js'

const page = /** @type {HTMLElement} */ (document.getElementById('page'))

/** The view and, after a slash, the request that the address names. */
function readAddress() {
  const [view = '', opened = ''] = location.hash.slice(1).split('/')
  update({ view: view || 'now', opened: decodeURIComponent(opened) })
  document.title = titleOf(state.view)
  // On a phone the views are a row that scrolls. It is drawn with the next frame.
  requestAnimationFrame(() => requestAnimationFrame(showChosen))
  // The server is away, or needs a key: the page says so.
  void showAddress().catch(() => {})
}

function showChosen() {
  document.querySelector('nav [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
}

loadKey()
onUpdate(() => render(frame(state), page))
addEventListener('hashchange', readAddress)
readAddress()
void followServer()
