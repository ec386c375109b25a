// Hunting without knowing KQL: what is clicked together is asked, drawn, explained, found again, and becomes a rule that is on.
import assert from 'node:assert/strict'
import { accessible, demo, settled, stage, test, text, until, visit } from './lib.mjs'

const { browser, site } = await stage({ site: demo })

const editor = (page) => page.locator('[data-editor] .cm-content').innerText()

/** condition adds one in the builder, its value chosen among those that there are. */
async function condition(page, at, field, value) {
  await page.getByRole('button', { name: 'Add a condition' }).click()
  await page.getByLabel('Field', { exact: true }).nth(at).fill(field)
  await page.getByRole('button', { name: 'Values', exact: true }).nth(at).click()
  await page.getByRole('list', { name: `Values of ${field}` }).getByRole('button', { name: new RegExp(`^${value} `) }).click()
  await page.getByRole('button', { name: 'Values', exact: true }).nth(at).click()
}

test('who knows no KQL builds “secrets read by new identities in payments” and switches it on', async () => {
  await visit(browser, site, {}, async (page) => {
    await page.goto(`${site.address}/hunt`)
    await settled(page)
    await page.getByRole('button', { name: 'Builder', exact: true }).click()
    await condition(page, 0, 'resource.type', 'secrets')
    await condition(page, 1, 'k8s.namespace', 'payments')
    await page.getByLabel('New are: a field').fill('actor.user.name')
    await page.getByRole('button', { name: 'Leave out actor.user.name' }).waitFor()
    await until('the query', async () => /summarize first = min\(time\), times = count\(\) by actor\.user\.name/.test(await editor(page)))
    assert.match(await editor(page), /where resource\.type == "secrets" and k8s\.namespace == "payments"/)
    await accessible(page, 'builder')
    await page.getByRole('button', { name: 'Make a rule…' }).click()
    await page.getByLabel('Title').fill('Secrets read by new identities in payments')
    await page.getByLabel('ATT&CK, where you know it').fill('attack.credential-access attack.t1552.007')
    await page.getByRole('button', { name: 'Make the rule' }).click()
    const document = page.getByLabel('The rule', { exact: true })
    await document.waitFor()
    await page.getByText(/Nothing is wrong with it; its \d tests hold/).waitFor()
    await page.locator('[data-learns="silent"]').getByText('knows a day of the past with 20 matches').waitFor()
    assert.match(await document.inputValue(), /new:\n\s+key:\n\s+- actor\.user\.name/)
    assert.match(await text(page, 'dialog'), /what is new \(is found\).*\(is not found\)/)
    await accessible(page, 'rule')
    await page.getByRole('button', { name: 'Try it on the last 30 days' }).click()
    await page.getByText(/It would have found/).waitFor()
    await page.getByRole('button', { name: 'Switch it on' }).click()
    await page.getByText('is on: it is judged within seconds').waitFor()
    await until('the rule', async () => (await site.api('GET', '/api/v1/rules')).rules.some((r) => r.id === 'own_secrets_read_by_new_identities_in_payments'))
  })
})

test('builder and text follow each other, and the builder says what it cannot show', async () => {
  await visit(browser, site, {}, async (page) => {
    const ask = (q) => page.goto(`${site.address}/hunt?build=yes&q=${encodeURIComponent(q)}`)
    await ask('audit\n| where resource.type in ("secrets", "pods") or actor.user.name startswith "anna"\n| summarize times = count() by actor.user.name\n| where times >= 2\n| sort by times desc')
    await settled(page)
    assert.equal(await page.getByLabel('Field', { exact: true }).nth(1).inputValue(), 'actor.user.name')
    assert.equal(await page.getByLabel('Value', { exact: true }).inputValue(), 'anna')
    await page.getByLabel('Value', { exact: true }).fill('tom')
    await until('the text', async () => /actor\.user\.name startswith "tom"/.test(await editor(page)))
    await ask('audit | join kind=inner (finding) on actor.user.name | take 1')
    await page.getByText('The builder cannot show this query').waitFor()
    await page.getByRole('button', { name: 'Make a rule…' }).click()
    await page.getByLabel('Title').fill('No rule')
    await page.getByRole('button', { name: 'Make the rule' }).click()
    await page.getByText('the query joins two tables').waitFor()
  })
})

test('groups within groups and sums are built by clicking, asked, and read back from the text', async () => {
  await visit(browser, site, {}, async (page) => {
    await page.goto(`${site.address}/hunt`)
    await settled(page)
    await page.getByRole('button', { name: 'Builder', exact: true }).click()
    await condition(page, 0, 'k8s.namespace', 'payments')
    await page.getByRole('button', { name: 'Add a group within' }).click()
    const inner = page.locator('[data-depth="2"]')
    await inner.getByLabel('Field', { exact: true }).fill('resource.type')
    await inner.getByLabel('Value', { exact: true }).fill('secrets')
    await inner.getByRole('button', { name: 'Add a condition' }).click()
    await inner.getByLabel('Field', { exact: true }).nth(1).fill('api.operation')
    await inner.getByLabel('Operator', { exact: true }).nth(1).selectOption('is not')
    await inner.getByLabel('Value', { exact: true }).nth(1).fill('get')
    await inner.getByRole('button', { name: 'Not', exact: true }).click()
    await page.getByLabel('Count by: a field').fill('actor.user.name')
    await page.getByRole('button', { name: 'Leave out actor.user.name' }).waitFor()
    const sum = page.getByLabel('Sum: a field')
    await sum.fill('api.response.code')
    await page.getByLabel('What of api.response.code').selectOption({ label: 'percentile of' })
    await sum.fill('resource.name')
    await page.getByLabel('At least, of different_resource_name').fill('1')
    await accessible(page, 'builder')
    const want = 'audit\n| where k8s.namespace == "payments" and not(resource.type == "secrets" or api.operation != "get")\n| summarize times = count(), p95_api_response_code = percentile(api.response.code, 95), different_resource_name = dcount(resource.name) by actor.user.name\n| where different_resource_name >= 1'
    await until('the query', async () => (await editor(page)) === want)
    await page.getByRole('button', { name: 'Run', exact: true }).click()
    await page.getByText('p95_api_response_code').last().waitFor()
    const { rows } = await site.api('POST', '/api/v1/query', { query: want })
    await page.getByRole('heading', { name: `${rows.length} row` }).waitFor()
    assert.ok(rows.length > 0 && rows.every((r) => r[3] >= 1), JSON.stringify(rows))
  })
  // What is written is read back, at any depth up to the bound.
  await visit(browser, site, {}, async (page) => {
    const ask = async (q) => {
      await page.goto(`${site.address}/hunt?build=yes&q=${encodeURIComponent(q)}`)
      await page.getByLabel('Table').or(page.getByText('The builder cannot show this query')).first().waitFor()
    }
    const deep = (n) => `audit\n| where ${'not('.repeat(n)}api.operation == "get" or api.operation == "list"${')'.repeat(n)} and resource.type != "x"`
    await ask('audit\n| where not(resource.type == "pods" and (api.operation == "get" or (actor.user.name startswith "a" and k8s.namespace != "x")))\n| summarize times = count(), total = sum(api.response.code), latest = max(time) by k8s.namespace\n| where total >= 5\n| sort by total desc')
    assert.deepEqual(await page.getByLabel('Field', { exact: true }).evaluateAll((all) => all.map((x) => x.value)), ['resource.type', 'api.operation', 'actor.user.name', 'k8s.namespace'])
    assert.equal(await page.locator('[data-depth="3"]').count(), 1)
    assert.equal(await page.getByLabel('At least, of total').inputValue(), '5')
    await page.getByRole('button', { name: 'Leave out latest' }).click()
    await until('the text', async () => (await editor(page)).includes('times = count(), total = sum(api.response.code) by k8s.namespace'))
    await ask(deep(4))
    await page.locator('[data-depth="5"]').waitFor()
    await ask(deep(5))
    await page.getByText('more than 5 groups stand in one another').waitFor()
    await ask('audit\n| where api.operation == "get" or api.operation == "list" and resource.type == "pods"')
    await page.getByText('put one of them in brackets').waitFor()
  })
})

test('an answer is drawn, explained, and found in the history', async () => {
  await visit(browser, site, {}, async (page) => {
    await page.goto(`${site.address}/hunt?q=${encodeURIComponent('audit | where src_endpoint.ip == "203.0.113.66" and api.response.code < 400')}`)
    await page.getByRole('button', { name: 'graph', exact: true }).click()
    const graph = page.getByRole('group', { name: 'Graph of the answer' })
    await graph.getByRole('button', { name: /anna\.keller/ }).click()
    await accessible(page, 'graph')
    await page.getByRole('button', { name: 'Explain' }).click()
    await page.getByRole('heading', { name: 'What is read' }).waitFor()
    await page.getByText('src_endpoint_ip in ["203.0.113.66"]').waitFor()
    await accessible(page, 'explanation')
    await page.getByRole('button', { name: 'Close' }).click()
    await page.getByRole('button', { name: 'Everything with it' }).click()
    await until('the pivot', () => new URL(page.url()).searchParams.get('q')?.startsWith('search "anna.keller"'))
    await page.getByRole('button', { name: 'History' }).click()
    const list = page.getByRole('dialog')
    await list.getByRole('button', { name: /src_endpoint\.ip == "203\.0\.113\.66"/ }).click()
    await until('the question again', () => new URL(page.url()).searchParams.get('q')?.includes('src_endpoint.ip'))
  })
})
