import { h } from 'preact'
import htm from 'htm'

/** Markup as a template: html`<p>${text}</p>`. Values are text, never markup. */
export const html = htm.bind(h)
