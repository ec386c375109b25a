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
