import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import type { Owner } from '../../fake-provider/ports.ts'

const program = process.env['HULUMANAGE_TEST_CHROMIUM'] ?? '/usr/bin/chromium'

/** Milliseconds for each wait: the usual 30 s are too few for a machine that runs other things. */
export const patienceMs = 120_000

/** The reason to skip tests in a browser; false if there is one. With `HULUMANAGE_TEST_CHROMIUM` set there must be. */
export const noChromium: string | false =
  process.env['HULUMANAGE_TEST_CHROMIUM'] !== undefined || existsSync(program)
    ? false
    : 'no chromium; install it with: apt-get install chromium'

/** Starts Chromium, without the services of its own that would use the network. */
export async function launchChromium(t: Owner): Promise<Browser> {
  const { chromium } = await import('playwright-core')
  const quiet = ['quic', 'background-networking', 'component-update', 'sync', 'gpu']
  const browser = await chromium.launch({
    executablePath: program,
    timeout: patienceMs,
    args: ['--no-sandbox', '--no-first-run', ...quiet.map(name => `--disable-${name}`)],
  })
  t.teardown(() => browser.close())
  return browser
}

/** The folder for pictures of the page; none are taken unless it is set. */
const pictures = process.env['HULUMANAGE_TEST_PICTURES']

/** Takes a picture for the docs: `HULUMANAGE_TEST_PICTURES=docs/images npx tap test/server/dashboard/page.test.ts`. */
export async function takePicture(page: Page, name: string): Promise<void> {
  if (!pictures) return
  await page.setViewportSize({ width: 1100, height: 640 })
  await page.screenshot({ path: join(pictures, `${name}.png`) })
}

/** The rules of accessibility that a page breaks, each with the elements that break it; `rules` limits them to some. */
export async function brokenRules(page: Page, rules?: readonly string[]): Promise<string[]> {
  // Run in the page rather than added to it, which its content security policy forbids.
  if (await page.evaluate('window.axe === undefined')) await page.evaluate(await axeSource())
  const options = JSON.stringify(rules ? { runOnly: rules } : {})
  const found: unknown = await page.evaluate(`axe.run(${options}).then(({ violations }) =>
    violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ target }) => target.join(' ')).join(', ')))`)
  return found as string[]
}

const axeSource = () => readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
