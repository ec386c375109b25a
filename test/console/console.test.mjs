// The console as a person meets it: on the recorded attack, and on a system that nothing happened on. Nothing here waits for
// a time; all polls.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { accessible, demo, everyPage, patience, serve, settled, shows, stage, test, text, until, visit } from './lib.mjs'

const { browser, site, empty } = await stage({ site: demo, empty: () => serve('') })

const worst = async () => (await site.api('GET', '/api/v1/incidents')).incidents.find((i) => i.severity === 'critical')

test('a link signs in once', async () => {
  const link = site.link()
  const context = await browser.newContext()
  context.setDefaultTimeout(patience)
  const page = await context.newPage()
  await page.goto(link)
  await settled(page)
  assert.ok(!page.url().includes('#'), 'the code stands in the address')
  const other = await browser.newContext()
  const again = await other.newPage()
  await again.goto(link)
  await again.getByRole('alert').getByText('used already').waitFor({ timeout: patience })
  assert.equal(await again.locator('nav').count(), 0)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Sign in to Lynceus' }).waitFor()
  await page.goto(`${site.address}/incidents`)
  await page.getByRole('heading', { name: 'Sign in to Lynceus' }).waitFor()
  await context.close()
  await other.close()
})

test('the incident answers what happened, who, from where, what was touched, what to do', async () => {
  const incident = await worst()
  await visit(browser, site, {}, async (page) => {
    await page.goto(`${site.address}/incidents`)
    await page.getByRole('link', { name: /anna\.keller ran/ }).click()
    await settled(page)
    assert.equal(new URL(page.url()).pathname, `/incidents/${incident.id}`)
    await page.getByRole('group', { name: 'Graph of the incident' }).waitFor()
    await shows(page, ['18 Nov 2026', '14:08:57', 'anna.keller asked who it is', 'payments/payments-api listed all secrets', '203.0.113.66 outside', 'deleted pod payments/node-check'], '[data-story]')
    await shows(page, ['Critical', 'Where it began', 'Why it is critical', 'change all credentials', 'Privilege Escalation', 'bound cluster-admin to node-metrics', 'made by ci-pipeline', 'What was seen then', 'nothing came', 'What they could reach', 'What it may do is not known', 'Related and similar incidents', 'Why this is one incident'])
    await accessible(page, 'incident')
    // The graph leads to findings.
    await page.getByRole('button', { name: /^secrets all secrets/ }).click()
    await page.locator('.graph ~ *, .stack').getByRole('button', { name: 'Secrets of all namespaces listed' }).first().click()
    await page.getByRole('dialog').getByText('listed all secrets').first().waitFor()
    assert.match(page.url(), /finding=/)
    for (const part of ['Rule', 'Events', 'Document']) {
      await page.getByRole('tab', { name: part }).click()
      await settled(page)
    }
    await accessible(page, 'finding')
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  })
})

test('an incident is worked on: taken, commented, exported, expected', async () => {
  const { incidents } = await site.api('GET', '/api/v1/incidents')
  const other = incidents.find((i) => i.title.includes('tom.berg'))
  await visit(browser, site, {}, async (page) => {
    await page.goto(`${site.address}/incidents/${other.id}`)
    await settled(page)
    await page.getByRole('button', { name: 'Take it' }).click()
    await page.getByText('Investigating').first().waitFor()
    await page.getByRole('textbox', { name: 'A comment' }).fill('Asked the contractor.')
    await page.getByRole('button', { name: 'Comment' }).click()
    await page.getByText('Asked the contractor.', { exact: true }).waitFor()
    await page.locator('[data-reach]').waitFor()
    for (const [form, begins, reach] of [['HTML', '<!doctype html>', 'What they could reach'], ['JSON', '{', '"accounts"']]) {
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: form, exact: true }).click()])
      const body = readFileSync(await download.path(), 'utf8')
      assert.ok(body.startsWith(begins) && body.includes('tom.berg') && body.includes(reach), `${form}: ${body.slice(0, 200)}`)
    }
    await page.getByRole('button', { name: 'Expected…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('It would have covered').waitFor()
    await accessible(page, 'expected')
    await dialog.getByLabel('Why it is expected').fill('The contractor measures the network this week.')
    await dialog.getByRole('button', { name: 'Keep the exclusion' }).click()
    await dialog.waitFor({ state: 'detached' })
    await page.getByText('Closed: expected').waitFor()
  })
  const { exclusions } = await site.api('GET', '/api/v1/exclusions')
  assert.equal(exclusions.length, 1)
  const kept = await site.api('GET', `/api/v1/incidents/${other.id}/case`)
  assert.deepEqual([kept.status, kept.resolution, kept.comments.length], ['closed', 'expected', 1])
})

for (const [name, options] of [
  ['wide and light', { colorScheme: 'light' }],
  ['narrow and dark', { colorScheme: 'dark', viewport: { width: 390, height: 844 } }],
]) {
  test(`every page of the navigation, ${name}`, async () => {
    await visit(browser, site, options, async (page) => {
      for (const path of await everyPage(page)) {
        await page.goto(site.address + path)
        await settled(page)
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
        assert.ok(wide <= 1, `${path} is ${wide} pixels wider than its window`)
        const bar = options.viewport && (await page.locator('.side').boundingBox()).height
        assert.ok(!bar || bar <= 80, `${path}: the bar takes ${bar} pixels of the height`)
        await accessible(page, path)
      }
    })
  })
}

test('an empty system says so on every page', async () => {
  await visit(browser, empty, {}, async (page) => {
    for (const path of await everyPage(page)) {
      await page.goto(empty.address + path)
      await settled(page)
      assert.ok((await text(page)).length > 40, `${path} is blank`)
      assert.equal(await page.getByRole('alert').count(), 0, `${path}: ${await text(page)}`)
      await accessible(page, `${path}, empty`)
    }
  })
})

test('the overview says what is wrong, what is not seen and what is new', async () => {
  await visit(browser, site, {}, async (page) => {
    await page.goto(`${site.address}/overview`)
    await settled(page)
    await shows(page, ['open incident', 'anna.keller ran', 'the day up to 18 Nov 2026', 'what containers run', '203.0.113.66', 'Cluster looked at'])
    await page.locator('canvas').first().waitFor()
  })
})

test('findings are narrowed by facets, grouped, and shown with the rule that matched', async () => {
  await visit(browser, site, {}, async (page) => {
    await page.goto(`${site.address}/findings`)
    await settled(page)
    await page.getByRole('checkbox', { name: /^critical/ }).check()
    await page.getByText(/^2 of \d+ findings/).waitFor()
    await page.getByLabel('Group by').selectOption('user')
    await page.getByRole('table', { name: 'Findings' }).getByText('payments/payments-api').first().waitFor()
    await page.getByRole('button', { name: 'Secrets of all namespaces listed' }).click()
    await page.getByRole('tab', { name: 'Rule' }).click()
    await page.locator('.met', { hasText: 'resource.type = "secrets"' }).waitFor()
    await accessible(page, 'rule of a finding')
  })
})

test('a hunt is written with the server’s help, run, narrowed, and linked to', async () => {
  await visit(browser, site, {}, async (page) => {
    await page.goto(`${site.address}/hunt`)
    await settled(page)
    const editor = page.locator('[data-editor] .cm-content')
    await editor.click()
    await page.keyboard.type('audit | where resource.ty')
    await page.locator('[data-editor] .cm-tooltip-autocomplete li', { hasText: 'resource.type' }).first().waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.type('pe == nothere')
    await page.locator('[data-editor] .cm-lintRange-error').first().waitFor()
    await editor.click()
    await page.keyboard.press('Control+a')
    await page.keyboard.type('audit | where resource.type == "secrets" | project time, actor.user.name, api.operation, k8s.namespace')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Control+Enter')
    const rows = page.getByRole('table', { name: 'Rows' })
    await rows.getByRole('button', { name: 'anna.keller' }).first().click()
    await page.getByRole('button', { name: 'Only this' }).click()
    await until('the filter in the address', () => new URL(page.url()).searchParams.get('q')?.includes('| where actor.user.name == "anna.keller"'))
    await page.getByRole('heading', { name: '2 rows' }).waitFor()
    await settled(page)
    await accessible(page, 'answer')
    await page.reload()
    await page.getByRole('heading', { name: '2 rows' }).waitFor()
    await rows.getByRole('button', { name: 'anna.keller' }).first().click()
    await page.getByRole('button', { name: 'Everything with it' }).click()
    await until('the pivot in the address', () => new URL(page.url()).searchParams.get('q')?.startsWith('search "anna.keller"'))
    await rows.getByRole('button', { name: 'anna.keller' }).first().waitFor()
    // A question by its button, with a parameter that has to be given.
    await page.getByRole('button', { name: 'What did this account do?' }).click()
    await page.getByLabel(/^account/).fill('tom.berg')
    await page.getByLabel(/^window/).fill('3650d')
    await page.getByRole('button', { name: 'Run', exact: true }).click()
    await rows.getByText('static token').first().waitFor()
  })
})

test('the keyboard leads to every page, to search and to help', async () => {
  await visit(browser, site, {}, async (page) => {
    await page.keyboard.press('g')
    await page.keyboard.press('i')
    await until('the incidents', () => page.url().endsWith('/incidents'))
    await settled(page)
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await until('an incident', () => /\/incidents\/\w+/.test(page.url()))
    await settled(page)
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keys' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.keyboard.press('/')
    await page.getByRole('combobox', { name: 'Search for' }).fill('tcpdump')
    await page.getByRole('option', { name: /tom\.berg/ }).first().waitFor()
    await page.keyboard.press('Enter')
    await until('what was searched', async () => (await text(page)).includes('tom.berg'))
  })
})
