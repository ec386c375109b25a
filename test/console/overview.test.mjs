// The overview of a system in which something is new, and something comes in.
import assert from 'node:assert/strict'
import { appendFileSync } from 'node:fs'
import { accessible, serve, settled, stage, test, text, until, visit } from './lib.mjs'

const { browser, site } = await stage({ site: () => serve('') })

/** asks writes a request to the followed log. */
let n = 0
function asks(user, verb, resource, at) {
  const time = at.toISOString().replace('Z', '000Z')
  appendFileSync(
    site.followed,
    `${JSON.stringify({
      kind: 'Event', apiVersion: 'audit.k8s.io/v1', level: 'Metadata', auditID: `overview-${++n}`, stage: 'ResponseComplete', requestURI: `/api/v1/namespaces/payments/${resource}`, verb, user: { username: user },
      sourceIPs: ['10.0.0.9'], objectRef: { resource, namespace: 'payments', apiVersion: 'v1' }, responseStatus: { code: 200 }, requestReceivedTimestamp: time, stageTimestamp: time,
    })}\n`,
  )
}
const stored = (want) => until(`${want} events`, async () => (await site.api('GET', '/api/v1/status')).tables.find((t) => t.name === 'audit')?.rows === want)

test('who talks to whom for the first time is named, and leads to the map narrowed to it; what comes in stands there at once', async () => {
  const now = Date.now()
  asks('jane', 'get', 'pods', new Date(now - 30 * 3_600_000))
  asks('jane', 'get', 'pods', new Date(now - 60_000))
  asks('mallory', 'list', 'secrets', new Date(now - 50_000))
  await stored(3)
  await visit(browser, site, {}, async (page) => {
    await page.goto(`${site.address}/overview`)
    await settled(page)
    const pairs = page.getByRole('table', { name: 'Pairs that are new' })
    await pairs.waitFor()
    assert.equal(await pairs.locator('tbody tr').count(), 1, await pairs.innerText())
    assert.match(await pairs.innerText(), /mallory.*payments\/secrets.*list/s)
    await accessible(page, 'overview')

    const live = page.getByRole('region', { name: 'Coming in now' })
    await live.getByText('Nothing yet').waitFor()
    asks('jane', 'get', 'configmaps', new Date())
    await live.getByText('get configmaps').waitFor()
    assert.match(await text(page, 'table[aria-label="Events as they come"]'), /jane/)

    await pairs.getByRole('link', { name: 'mallory' }).click()
    await page.getByRole('heading', { name: 'Map' }).waitFor()
    await settled(page)
    const asked = new URL(page.url()).searchParams
    assert.ok(asked.get('verdict') === 'new' && asked.get('at') === 'user|||mallory', page.url())
    await page.getByRole('heading', { name: '1 line' }).waitFor()
  })
})
