// Screenshots of every page, wide and narrow, light and dark, into shots/: make screenshots.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { browse, demo, serve, settled } from './lib.mjs'

const out = join(import.meta.dirname, 'shots')
mkdirSync(out, { recursive: true })
const only = process.argv.slice(2)

const server = await demo()
const empty = await serve('')
const browser = await browse()
try {
  const { incidents } = await server.api('GET', '/api/v1/incidents')
  const { rules } = await server.api('GET', '/api/v1/rules')
  const worst = incidents.find((i) => i.severity === 'critical')
  const pages = {
    overview: '/overview',
    findings: '/findings?by=rule',
    hunt: `/hunt?q=${encodeURIComponent('audit | where actor.user.name == "anna.keller" | project time, api.operation, resource.type, resource.subresource, k8s.namespace, resource.name, src_endpoint.ip, api.response.code | sort by time asc')}`,
    rules: '/rules',
    matrix: '/rules?view=matrix',
    rule: `/rules/${rules.find((r) => r.name === 'token_read_by_command').id}`,
    coverage: '/coverage?span=1h',
    map: '/map',
    'map-account': `/map?at=${encodeURIComponent('account||payments|payments-api')}`,
    incidents: '/incidents',
    inventory: '/inventory?kind=accounts',
    account: '/inventory/accounts?name=anna.keller',
    settings: '/settings',
    server: '/settings?part=server',
    incident: `/incidents/${worst.id}`,
    finding: `/incidents/${worst.id}?finding=${worst.findings[7]}`,
  }
  for (const [kind, site, which] of [['', server, pages], ['empty-', empty, { overview: '/overview', findings: '/findings', hunt: '/hunt', map: '/map', incidents: '/incidents', rules: '/rules', matrix: '/rules?view=matrix', coverage: '/coverage', inventory: '/inventory' }]]) {
    for (const [width, height] of [[1440, 900], [390, 844]]) {
      for (const colorScheme of ['light', 'dark']) {
        const context = await browser.newContext({ viewport: { width, height }, colorScheme, reducedMotion: 'reduce' })
        const page = await context.newPage()
        await page.goto(site.link())
        await settled(page)
        for (const [name, path] of Object.entries(which)) {
          if (only.length > 0 && !only.includes(name)) continue
          await page.goto(site.address + path)
          await settled(page)
          await page.screenshot({ path: join(out, `${kind}${name}-${width}-${colorScheme}.png`), fullPage: !path.includes('finding=') })
        }
        await context.close()
      }
    }
  }
} finally {
  await browser.close()
  await server.stop()
  await empty.stop()
}
console.log(`screenshots are in ${out}`)
