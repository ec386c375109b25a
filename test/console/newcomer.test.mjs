// Somebody who has never seen Lynceus comes to the recorded attack, and clicks: docs/demo/README.md says what happened there,
// and the page of the incident has to.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { accessible, demo, settled, stage, test, text, visit } from './lib.mjs'

const { browser, site } = await stage({ site: demo })

/** steps are those of the intrusion in docs/demo: a time, and in the page's words who did what. */
const steps = [
  ['14:08:57', 'anna.keller asked who it is'],
  ['14:10:12', 'anna.keller set off "Many kinds of resources listed by one caller"'],
  ['14:11:32', 'anna.keller listed secrets in namespace payments'],
  ['14:12:39', 'anna.keller tried to list all secrets'],
  ['14:13:54', 'anna.keller ran "cat /var/run/secrets/kubernetes.io/serviceaccount/token" in pod payments/api-98b966cd5-2cfh4'],
  ['14:15:06', 'payments/payments-api asked what it may do'],
  ['14:16:14', 'payments/payments-api listed all secrets'],
  ['14:17:22', 'payments/payments-api created pod payments/node-check'],
  ['14:18:51', 'payments/payments-api ran "sh" in pod payments/node-check'],
  ['14:22:23', 'payments/payments-api created service account kube-system/node-metrics'],
  ['14:23:30', 'payments/payments-api bound cluster-admin to node-metrics'],
  ['14:24:39', 'payments/payments-api created cron job kube-system/node-metrics'],
  ['14:25:48', 'payments/payments-api deleted network policy payments/default-deny'],
  ['14:26:54', 'payments/payments-api deleted events in namespace payments'],
  ['14:27:03', 'payments/payments-api deleted pod payments/node-check'],
]

/** panel is one of the page, by its heading. */
const panel = (page, name) => page.getByRole('region', { name, exact: true })

/** panelShows holds that a panel has some facts. */
async function panelShows(page, name, facts) {
  const all = await panel(page, name).innerText()
  assert.deepEqual(facts.filter((f) => !all.includes(f)), [], `the panel ${name} lacks these: ${all}`)
}

test('from the overview by clicks alone to what happened, who did it, where it began, what was touched and what to do', () =>
  visit(browser, site, {}, async (page) => {
    // The first page says that something is wrong, and the gravest stands first.
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    const first = page.locator('.worst')
    assert.match(await first.innerText(), /anna\.keller ran .*payments\/payments-api listed all secrets, from 203\.0\.113\.66[\s\S]*Critical/)
    await first.getByText('What to do first').waitFor()
    await first.getByRole('link', { name: /^See all of it/ }).click()
    await settled(page)
    // What happened: in words, and step by step in order.
    await panelShows(page, 'What happened', ['On 18 Nov 2026 from 14:08:57 UTC', '31 requests', 'It began when anna.keller asked who it is', 'The gravest: payments/payments-api listed all secrets', 'every credential that the cluster holds'])
    const told = await panel(page, 'Timeline').locator('.steps > li').evaluateAll((list) => list.map((li) => [li.querySelector('time')?.textContent ?? '', li.querySelector('.step')?.innerText.replace(/\s+/g, ' ') ?? '']))
    let at = 0
    for (const [time, what] of steps) {
      const found = told.findIndex(([t, w], i) => i >= at && t.startsWith(time) && w.includes(what))
      assert.ok(found >= 0, `the timeline lacks, or has too early, ${time} ${what}: ${told.map((t) => t.join(' ')).join('\n')}`)
      at = found
    }
    // Who did it, from where, and that both are one.
    await panelShows(page, 'What happened', ['anna.keller', 'service account payments/payments-api', '203.0.113.66 outside the cluster’s networks'])
    await panelShows(page, 'Affected', ['anna.keller', 'payments/payments-api', '203.0.113.66', 'kubectl/v1.36.3'])
    await panelShows(page, 'Why this is one incident', ['same external address, used by few: 203.0.113.66', 'a pod, and then its token, were used: payments/api-98b966cd5-2cfh4'])
    // Where it began.
    await panelShows(page, 'Where it began', ['18 Nov 2026 14:08:57', 'anna.keller asked who it is from 203.0.113.66, outside the cluster’s networks', 'Person calls from outside the declared networks'])
    // What was touched, and what that could reach.
    await panelShows(page, 'Affected', ['all secrets', 'pod payments/node-check', 'pod payments/api-98b966cd5-2cfh4', 'service account kube-system/node-metrics', 'cluster role binding node-metrics', 'cron job kube-system/node-metrics', 'events in namespace payments', 'network policy payments/default-deny', 'secrets in namespace payments'])
    // What to do: first about the gravest, and by one more click about each thing that was left behind.
    await panelShows(page, 'What to do', ['change all credentials', 'Delete it and forbid such pods'])
    await panel(page, 'What to do').getByText('What every rule advises').click()
    await panelShows(page, 'What to do', ['Cluster administration granted', 'CronJob created or changed', 'Network policy deleted', 'Service account made in a system namespace', 'Events deleted'])
    await accessible(page, 'the incident with all advice')
    // Who has no access here is given the same.
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'HTML', exact: true }).click()])
    const report = readFileSync(await download.path(), 'utf8')
    for (const fact of ['203.0.113.66', 'cluster role binding node-metrics', 'Cluster administration granted']) assert.ok(report.includes(fact), `the report lacks ${fact}`)
    // Every tactic of docs/demo is named, and leads to its steps.
    await panel(page, 'ATT&CK, in order').getByRole('button', { name: /^Credential Access/ }).click()
    assert.ok((await panel(page, 'Timeline').innerText()).includes('listed all secrets') && !(await panel(page, 'Timeline').innerText()).includes('network policy'))
  }))

test('the other matter of that day is told apart', () =>
  visit(browser, site, {}, async (page) => {
    await page.locator('.card').filter({ hasText: 'tom.berg' }).getByRole('link').click()
    await settled(page)
    await panelShows(page, 'What happened', ['tom.berg', 'shop/tcpdump'])
    await panelShows(page, 'Affected', ['10.20.0.40', 'pod shop/tcpdump', 'service shop/'])
    assert.ok(!(await text(page)).includes('anna.keller'), 'it tells of the intruder')
  }))
