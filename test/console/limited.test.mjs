// Who is limited to a namespace, or to a cluster, walks through every page: no name of anything else is in what the pages
// show, hold or are answered; what is theirs is; and what is kept from them is said in words.
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync, appendFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { everyPage, patience, serve, settled, stage, tell, test, text, until, watch } from './lib.mjs'

const root = resolve(import.meta.dirname, '../..')
const recorded = () => gunzipSync(readFileSync(join(root, 'docs/demo/demo.jsonl.gz'))).toString()

/** west has the recorded day as well, with other people, programs and addresses; one of its namespaces has the same name. */
const western = { 'anna.keller': 'wilma.frost', 'tom.berg': 'wes.brook', 'jonas.weber': 'walt.stone', 'mira.holm': 'wanda.hill', 'li.chen': 'willow.lake', 'ci-pipeline': 'west-pipeline', tcpdump: 'westdump', 'registry.example.com': 'west.example.net', '10.20.0': '10.77.0', '203.0.113.66': '198.51.100.77', payments: 'westpay' }

/** own is an attack on the pods of shop in cluster east, and nothing else. */
function own(i) {
  const at = new Date(Date.UTC(2026, 10, 18, 15, 0, i)).toISOString()
  return JSON.stringify({
    kind: 'Event', apiVersion: 'audit.k8s.io/v1', level: 'Request', auditID: `own-${i}`, stage: 'ResponseComplete', verb: 'create', userAgent: 'kubectl', sourceIPs: ['192.0.2.44'],
    requestURI: '/api/v1/namespaces/shop/pods/cart-0/exec?command=cat&command=/var/run/secrets/kubernetes.io/serviceaccount/token', user: { username: 'olga.ford', groups: ['system:authenticated'] },
    objectRef: { resource: 'pods', namespace: 'shop', name: 'cart-0', apiVersion: 'v1', subresource: 'exec' }, responseStatus: { code: 101 }, requestReceivedTimestamp: at, stageTimestamp: at,
  })
}

/** world is a server of two clusters, each with several namespaces, an inventory, and attacks. */
async function world() {
  const dir = mkdtempSync(join(tmpdir(), 'lynceus-limited-'))
  const token = join(dir, 'west')
  writeFileSync(token, 'a-token-of-the-api-server-of-west')
  const server = await serve('docs/demo/demo.jsonl.gz', undefined, ['--cluster', 'east', '--webhook', '127.0.0.1:0', '--webhook-client', `west=${token}`])
  appendFileSync(server.followed, `${[0, 1, 2].map(own).join('\n')}\n`)
  tell(server, 'east', '--inventory', join(root, 'test/recordings/attack-matrix/inventory.jsonl.zst'))
  tell(server, 'west', '--pods', '40')
  const address = await until('the webhook', () => /takes audit events at (?:http:\/\/)?([\d.:]+)/.exec(server.said())?.[1])
  const lines = recorded().replace(new RegExp(Object.keys(western).map((k) => k.replaceAll('.', '\\.')).join('|'), 'g'), (k) => western[k]).trimEnd().split('\n')
  for (let at = 0; at < lines.length; at += 200) {
    const body = `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[${lines.slice(at, at + 200).join(',')}]}`
    const answer = await fetch(`http://${address}/`, { method: 'POST', body, headers: { Authorization: `Bearer ${readFileSync(token, 'utf8')}`, 'Content-Type': 'application/json' } })
    assert.equal(answer.status, 200)
  }
  let before
  await until('both clusters', async () => {
    const { tables } = await server.api('GET', '/api/v1/status')
    const rows = (name) => tables.find((t) => t.name === name)?.rows ?? 0
    const { incidents } = await server.api('GET', '/api/v1/incidents')
    const now = JSON.stringify([tables, incidents])
    const still = now === before && rows('audit') >= 2 * 643 + 3 && rows('inventory') >= 469 + 40 && incidents.filter((i) => i.severity === 'critical').length > 1
    before = now
    if (!still) await new Promise((done) => setTimeout(done, 300))
    return still
  })
  return { ...server, stop: () => server.stop().finally(() => rmSync(dir, { recursive: true, force: true })) }
}

const { browser, site, empty } = await stage({ site: world, empty: () => serve('') })

/** ask is what the admin is answered: rows of texts. */
async function ask(query) {
  const { rows } = await site.api('POST', '/api/v1/query', { query, max_rows: 50_000 })
  return rows
}

/** said is what a server that holds nothing says to everybody, and what the console's own programs contain: a name in it tells of nobody. */
async function said(rules) {
  const dist = join(root, 'console/dist/assets')
  const programs = readdirSync(dist).filter((f) => f.endsWith('.js')).map((f) => readFileSync(join(dist, f), 'utf8'))
  const answers = await Promise.all(['/rules', '/attack', '/schema', '/queries', ...rules.map((r) => `/rules/${r}`)].map((p) => empty.api('GET', `/api/v1${p}`)))
  return programs.join('\n') + JSON.stringify(answers)
}

/** others are the names of what somebody must not see: of pods, workloads, accounts, people, addresses, namespaces, images. */
async function others(seen, common) {
  const names = new Set()
  const find = (v) => {
    for (const [, image] of JSON.stringify(v).matchAll(/image\\?":\\?"([^"\\]+)/g)) names.add(image)
  }
  for (const row of await ask(`union audit, finding, inventory | where not(${seen}) | summarize by k8s.cluster, k8s.namespace, k8s.pod, k8s.workload, resource.name, actor.user.name, src_endpoint.ip`)) row.filter((n) => typeof n === 'string').forEach((n) => names.add(n))
  find(await ask(`union audit, inventory | where not(${seen}) | project raw_data`))
  const mine = JSON.stringify(await ask(`union audit, finding, inventory | where ${seen}`))
  // Words of one or two syllables stand anywhere.
  return [...names].filter((n) => n.length > 4 && !mine.includes(n) && !common.includes(n))
}

/** walk signs in as somebody, opens pages, and gives what each shows and holds, and all answers. */
async function walk(body, paths) {
  const { secret } = await site.api('POST', '/api/v1/tokens', { seconds: 1200, ...body })
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' })
  context.setDefaultTimeout(patience)
  try {
    const page = await context.newPage()
    const faults = watch(page, site.address)
    const answers = []
    page.on('response', (r) => r.url().includes('/api/') && answers.push(r.text().then((t) => `${r.status()} ${r.url()} ${t}`, () => '')))
    await page.goto(site.address)
    await page.getByLabel(/a token/).fill(secret)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await settled(page)
    const walked = new Map()
    for (const path of [...(await everyPage(page)), ...paths]) {
      faults.length = 0
      // As a link of the page does; loading the console anew each time would take three times as long.
      await page.evaluate((to) => {
        history.pushState(null, '', to)
        dispatchEvent(new PopStateEvent('popstate'))
      }, path)
      await settled(page)
      const dialog = (await page.getByRole('dialog').count()) > 0 ? await text(page, 'dialog') : ''
      walked.set(path, { shown: `${await text(page)}\n${dialog}`, holds: `${await page.title()} ${await page.content()}`, faults: [...faults] })
    }
    return { walked, answers: (await Promise.all(answers)).filter(Boolean) }
  } finally {
    await context.close()
  }
}

const hunt = (q) => `/hunt?q=${encodeURIComponent(q)}`
const inventory = ['clusters', 'nodes', 'namespaces', 'workloads', 'pods', 'images', 'accounts', 'roles'].map((k) => `/inventory?kind=${k}&at=2026-11-22T08:12:20Z`)
const from = '2026-11-18T12:00:00Z'
const to = '2026-11-18T16:00:00Z'

for (const who of [
  {
    name: 'one namespace of one cluster',
    body: { name: 'shop of east', role: 'responder', scope: { clusters: ['east'], namespaces: ['shop'] } },
    seen: 'k8s.cluster == "east" and k8s.namespace == "shop"',
    shows: { '/findings': ['olga.ford'], '/incidents': ['olga.ford ran'], '/overview': ['olga.ford'], '/rules': ['Command run in a container'], '/settings': ['shop of east', 'namespace shop'] },
    words: { '/coverage': /you see the namespace shop/i, '/inventory?kind=nodes&at=2026-11-22T08:12:20Z': /limited|namespace/i },
  },
  {
    name: 'one cluster',
    body: { name: 'all of east', role: 'responder', scope: { clusters: ['east'] } },
    seen: 'k8s.cluster == "east"',
    // What does not depend on whose it is was walked through above.
    leaves: /part=(exclusions|server|tokens)|kind=(nodes|namespaces|images|roles)|matrix/,
    shows: { '/findings': ['anna.keller', 'olga.ford'], '/incidents': ['anna.keller ran', 'tom.berg'], '/overview': ['anna.keller'], '/settings': ['cluster east'], '/coverage': ['Every source over time'] },
    words: {},
  },
]) {
  test(`who is limited to ${who.name} sees nothing else on any page, in any answer`, async () => {
    const { incidents } = await site.api('GET', '/api/v1/incidents')
    const theirs = await ask(`finding | where not(${who.seen}) | summarize take_any(finding_info.uid, finding_info.analytic.uid)`)
    const [finding, rule] = theirs[0]
    const foreign = incidents.find((i) => i.cluster === 'west' && i.severity === 'critical')
    const mine = incidents.find((i) => i.title.includes('olga.ford'))
    assert.ok(foreign && mine, JSON.stringify(incidents.map((i) => [i.cluster, i.title])))
    const hidden = await others(who.seen, await said([rule]))
    for (const name of ['wilma.frost', 'westdump', 'westpay']) assert.ok(hidden.includes(name), `${name} is not tried`)
    assert.ok(hidden.length > 40, `only ${hidden}`)
    const most = [
      `/incidents/${foreign.id}`, `/incidents/${mine.id}`, `/findings?finding=${finding}`, `/findings?since=3650d&by=user`, '/rules?view=matrix', `/rules/${rule}`, '/coverage?span=7d', ...inventory,
      '/settings?part=fleet', '/settings?part=exclusions', '/settings?part=server', '/settings?part=tokens', `/map?from=${from}&to=${to}`, `/map?from=${from}&to=${to}&at=${encodeURIComponent('ns|west|westpay')}`,
      hunt('union withsource=table audit, process, file, network, dns, finding, incident, inventory, health, selfaudit | take 2000'), hunt('search "wilma.frost" or "westdump"'),
      hunt('audit | summarize count() by k8s.cluster, k8s.namespace, actor.user.name'), `/inventory/pods?cluster=west&namespace=westpay&name=westdump`, `/inventory/accounts?cluster=west&name=wilma.frost`,
    ]
    const paths = most.filter((p) => !who.leaves?.test(p))
    const { walked, answers } = await walk(who.body, paths)
    const tells = (body, asked) => hidden.filter((n) => body.includes(n) && !asked.includes(n))
    // What somebody asks for by its name is said back to them.
    for (const [path, { shown, holds, faults }] of walked) {
      const asked = decodeURIComponent(path)
      assert.deepEqual([tells(shown, asked), tells(holds, asked)], [[], []], `${path} tells of others: ${shown}`)
      assert.ok(shown.replace(/\s+/g, ' ').length > 40, `${path} is blank: ${shown}`)
      assert.ok(!/undefined|\[object|NaN/.test(shown), `${path} is broken: ${shown}`)
      // Only what is asked for by its identity is refused by the server; pages ask for nothing that would be.
      const byIdentity = path.includes(foreign.id) || path.includes(finding)
      assert.deepEqual(byIdentity ? faults.filter((f) => !/status of 404/.test(f)) : faults, [], path)
    }
    assert.ok(answers.length > walked.size, 'answers were not seen')
    for (const a of answers) assert.deepEqual(tells(a.replace(/^\d+ \S+ /, ''), 'wilma.frost westdump westpay'.split(' ').filter((n) => decodeURIComponent(a.split(' ')[1]).includes(n)).join(' ')), [], a.slice(0, 3000))
    // What is theirs is there.
    for (const [path, facts] of Object.entries({ ...who.shows, [`/incidents/${mine.id}`]: ['olga.ford', 'shop/cart-0'], [paths.find((p) => p.startsWith('/inventory?kind=pods'))]: ['shop'], [`/map?from=${from}&to=${to}`]: ['olga.ford'], [hunt('audit | summarize count() by k8s.cluster, k8s.namespace, actor.user.name')]: ['olga.ford', 'shop'] })) {
      const { shown } = walked.get(path)
      assert.deepEqual(facts.filter((f) => !shown.includes(f)), [], `${path} lacks what is theirs: ${shown}`)
    }
    // What is kept from them is said.
    for (const [path, words] of Object.entries({ ...who.words, [`/incidents/${foreign.id}`]: /no incident|not seen|not (there|found)|may not/i })) assert.match(walked.get(path).shown, words, path)
  })
}
