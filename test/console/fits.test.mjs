// Every page, part and state of the console fits its window, at a desk and on a phone: nobody has to scroll sideways.
import assert from 'node:assert/strict'
import { demo, serve, settled, stage, test, visit } from './lib.mjs'
import { emptyViews, large, see, views } from './views.mjs'

const { browser, site, empty } = await stage({ site: demo, empty: () => serve('') })

const sizes = { 'a desk': { width: 1440, height: 900 }, 'a phone': { width: 390, height: 844 } }

/** sideways is by how many pixels a page, and what is open over it, is wider than the window. */
const sideways = (page) => page.evaluate(() => Math.max(document.documentElement.scrollWidth, ...[...document.querySelectorAll('dialog[open]')].map((d) => d.getBoundingClientRect().left + d.scrollWidth)) - innerWidth)

for (const [what, of] of [['on the recorded attack', async () => [site, await views(site)]], ['with nothing there', async () => [empty, emptyViews]]]) {
  test(`every view fits a desk and a phone, ${what}`, async () => {
    const [server, all] = await of()
    const wide = []
    await see(browser, server, {}, all, async (page, name) => {
      for (const [where, viewport] of Object.entries(sizes)) {
        await page.setViewportSize(viewport)
        if (!all[name].unsettled) await settled(page)
        const by = await sideways(page)
        if (by > 0) wide.push(`${name} at ${where} by ${by} pixels`)
      }
    })
    assert.deepEqual(wide, [])
  })
}

for (const [where, viewport] of Object.entries(sizes)) {
  test(`the graph of a large incident fits ${where}`, async () => {
    const { incidents } = await site.api('GET', '/api/v1/incidents')
    await visit(browser, site, { viewport }, async (page) => {
      await large(page)
      await page.goto(`${site.address}/incidents/${incidents.find((i) => i.severity === 'critical').id}`)
      await settled(page)
      const graph = page.getByRole('group', { name: 'Graph of the incident' })
      await graph.getByRole('button', { name: /^process curl .*stage-5/ }).waitFor()
      const drawn = await graph.evaluate((box) => ({
        wide: box.scrollWidth - box.clientWidth,
        columns: box.querySelectorAll('.head').length,
        nodes: box.querySelectorAll('.node').length,
        // Letters that leave their box, and letters that are drawn smaller than can be read.
        out: [...box.querySelectorAll('.node')].filter((n) => [...n.querySelectorAll('text')].some((t) => t.getBBox().x + t.getBBox().width > n.querySelector('rect').getBBox().width)).map((n) => n.textContent),
        scale: box.querySelector('svg').getBoundingClientRect().width / box.querySelector('svg').viewBox.baseVal.width,
      }))
      assert.ok(drawn.columns === 7 && drawn.nodes >= 40, `${drawn.nodes} things in ${drawn.columns} columns`)
      assert.deepEqual([drawn.wide, drawn.out, drawn.scale > 0.99], [0, [], true])
    })
  })
}
