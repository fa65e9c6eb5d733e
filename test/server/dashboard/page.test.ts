import { join } from 'node:path'
import t from 'tap'
import { noChromium } from './browser.ts'

// A process of its own: Playwright sets prototypes by `__proto__`, which test/harden.js and Node's flag forbid.
t.test('the dashboard in a browser', { skip: noChromium, timeout: 900_000 }, async t => {
  const script = join(import.meta.dirname, 'in-browser.ts')
  await t.spawn(process.execPath, [script], { timeout: 900_000 }, 'Chromium')
})
