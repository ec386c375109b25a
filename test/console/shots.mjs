// Screenshots of every page, wide and narrow, light and dark, into shots/: make screenshots. Names of views make only those.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { browse, demo, serve, until } from './lib.mjs'
import { emptyViews, see, views } from './views.mjs'

const out = join(import.meta.dirname, 'shots')
mkdirSync(out, { recursive: true })
const only = process.argv.slice(2)

const server = await demo()
const empty = await serve('')
const browser = await browse()
try {
  // A source is told of a minute after it began.
  await until('the ledger', async () => (await server.api('GET', '/api/v1/sources')).sources.length > 0)
  for (const [kind, site, all] of [['', server, await views(server)], ['empty-', empty, emptyViews]]) {
    const which = Object.fromEntries(Object.entries(all).filter(([name]) => only.length === 0 || only.includes(kind + name)))
    for (const [width, height] of [[1440, 900], [390, 844]]) {
      for (const colorScheme of ['light', 'dark']) {
        await see(browser, site, { viewport: { width, height }, colorScheme }, which, async (page, name) => {
          const over = await page.locator('dialog[open]').count()
          await page.screenshot({ path: join(out, `${kind}${name}-${width}-${colorScheme}.png`), fullPage: over === 0 })
        })
      }
    }
  }
} finally {
  await browser.close()
  await server.stop()
  await empty.stop()
}
console.log(`screenshots are in ${out}`)
