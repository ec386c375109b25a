// The inventory: what a real cluster contained at any minute of a recording, what its accounts may do and did, and what is
// shown where only an audit log is there.
import assert from 'node:assert/strict'
import { join, resolve } from 'node:path'
import { accessible, demo, serve, settled, shows, stage, tell, test, text, until, visit } from './lib.mjs'

const root = resolve(import.meta.dirname, '../..')
const recording = join(root, 'test/recordings/attack-matrix')
const cluster = 'cluster-91a2e1a0'

/** watched starts a server that knows a recorded cluster and one of ten thousand pods. */
async function watched() {
  const server = await serve('')
  tell(server, cluster, '--inventory', join(recording, 'inventory.jsonl.zst'), '--log', join(recording, 'audit.jsonl.zst'))
  tell(server, 'large', '--pods', '10000')
  await until('the inventory and its log', async () => {
    const { tables } = await server.api('GET', '/api/v1/status')
    const rows = (name) => tables.find((t) => t.name === name)?.rows ?? 0
    return rows('inventory') >= 469 + 12_300 && rows('audit') >= 2542
  })
  return server
}

const { browser, site, known } = await stage({ site: demo, known: watched })

const at = (clock) => `at=2026-11-22T${clock}Z`

test('what there was at a minute: lists, facets, search, and the page of each thing', async () => {
  await visit(browser, known, {}, async (page) => {
    await page.goto(`${known.address}/inventory?kind=pods&cluster=${cluster}&${at('08:12:20')}`)
    await settled(page)
    await page.getByRole('link', { name: 'log-collector' }).waitFor()
    await accessible(page, 'pods')
    await page.getByRole('checkbox', { name: /^payments/ }).check()
    await page.getByText('5 of 15 pods').waitFor()
    await page.getByRole('searchbox').fill('netshoot')
    await page.getByText('2 of 15 pods').waitFor()
    // The pod with the debug container, its workload, its account.
    await page.getByRole('link', { name: 'api-544957cb89-5th7f' }).click()
    await settled(page)
    await shows(page, ['Deployment', 'payments/payments-api', 'node1', 'dbg', 'registry.example.com/payments/api:2.14.0', 'Command run in a container', 'mira.holm', 'pods/exec', 'pod-template-hash'])
    await accessible(page, 'pod')
    await page.getByRole('link', { name: 'node1', exact: true }).first().click()
    await settled(page)
    await shows(page, ['15 pods and their containers', 'runner', '10.0.0.10', 'kube-system/node-fix'])
    await page.getByRole('button', { name: '1 h earlier' }).click()
    await page.getByText('not there at this time').waitFor()
    await accessible(page, 'node')
  })
})

test('an account: what it may do against what it did', async () => {
  await visit(browser, known, {}, async (page) => {
    await page.goto(`${known.address}/inventory?kind=accounts&cluster=${cluster}&${at('08:12:51')}`)
    await settled(page)
    await page.getByRole('link', { name: 'ci-pipeline' }).click()
    await page.locator('[data-summary]').waitFor()
    await settled(page)
    const summary = await text(page, '[data-summary]')
    assert.match(summary, /86 rules of 6 bindings/)
    assert.match(summary, /Powerful and not used: it may .*read secrets, run commands in pods, act as others and make tokens of accounts/)
    const bound = page.locator('.right-of', { hasText: 'in namespace payments' })
    await bound.locator('summary').click()
    await bound.getByText('create deployments', { exact: true }).waitFor()
    await shows(page, ['through the group pipelines', 'system:aggregate-to-edit', 'create daemonsets', '10.30.0.5'])
    await accessible(page, 'account')
    // Who was refused, and who is allowed by something that is no role.
    await page.goto(`${known.address}/inventory/accounts?cluster=${cluster}&name=system:node:node1&${at('08:12:51')}`)
    await page.locator('[data-summary]').waitFor()
    await settled(page)
    assert.match(await text(page, '[data-summary]'), /requests were refused.*no role is known/s)
    await page.getByRole('button', { name: /^refused/ }).click()
    await page.getByRole('row', { name: /^get pods payments 63 17 / }).waitFor()
  })
})

test('without an inventory: what requests reveal, and what is missing', async () => {
  await visit(browser, site, {}, async (page) => {
    await page.goto(`${site.address}/inventory`)
    await settled(page)
    await shows(page, ['No inventory is known', 'lynceus up --kubeconfig', 'web'])
    await page.getByRole('tab', { name: /^Accounts/ }).click()
    await page.getByRole('link', { name: 'anna.keller' }).click()
    await page.locator('[data-summary]').waitFor()
    await settled(page)
    await shows(page, ['What it may do is not known', '1 request was refused', '203.0.113.66', 'ClusterRole'])
    await accessible(page, 'account without an inventory')
  })
})

test('ten thousand pods', async () => {
  await visit(browser, known, {}, async (page) => {
    await page.goto(`${known.address}/inventory?kind=pods&cluster=large`)
    await settled(page)
    await page.getByText('10,000 pods').waitFor()
    const drawn = () => page.locator('[role=row]').count()
    assert.ok((await drawn()) < 100, 'all rows are drawn')
    await page.locator('.things').evaluate((box) => box.scrollTo(0, box.scrollHeight))
    await page.getByRole('link', { name: 'service-999-9' }).waitFor()
    assert.ok((await drawn()) < 100, 'all rows are drawn at the end')
    await page.getByRole('searchbox').fill('service-777-')
    await page.getByText('10 of 10,000 pods').waitFor()
    await page.getByRole('tab', { name: /^Workloads/ }).click()
    await page.getByText('1,000 workloads').waitFor()
  })
})
