// The rules, what they can see, what they found and would have found; and what was seen of which source when.
import assert from 'node:assert/strict'
import { accessible, demo, serve, settled, stage, test, text, until, visit } from './lib.mjs'

const { browser, site, empty } = await stage({ site: demo, empty: () => serve('') })

const cell = (page, tactic, technique) => page.locator('.matrix-column', { has: page.getByRole('heading', { name: tactic }) }).locator(`[data-technique="${technique}"]`)

test('a missing source greys its cells of the matrix, and says why', async () => {
  await visit(browser, site, {}, async (page) => {
    await page.goto(`${site.address}/rules?view=matrix`)
    await settled(page)
    await cell(page, 'Execution', 'T1609').waitFor()
    assert.equal(await cell(page, 'Execution', 'T1609').getAttribute('data-state'), 'seen')
    // What only processes show: no sensor is there.
    const grey = cell(page, 'Execution', 'T1059.006')
    assert.equal(await grey.getAttribute('data-state'), 'missing')
    assert.match(await text(page, '[aria-label="Why cells are grey"]'), /no sensor reports.*nothing is known of .*process/s)
    await accessible(page, 'matrix')
    await grey.click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('no sensor reports from any node').first().waitFor()
    assert.match(await dialog.innerText(), /To see it: start lynceus up as root/)
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
  })
  await visit(browser, empty, {}, async (page) => {
    await page.goto(`${empty.address}/rules?view=matrix`)
    await settled(page)
    await cell(page, 'Execution', 'T1609').waitFor()
    assert.equal(await cell(page, 'Execution', 'T1609').getAttribute('data-state'), 'missing')
    assert.equal(await page.locator('.matrix-cell.seen').count(), 0)
    assert.match(await text(page), /no audit log comes in/)
  })
})

test('rules are found by what they see and are about', async () => {
  await visit(browser, site, {}, async (page) => {
    await page.keyboard.press('g')
    await page.keyboard.press('r')
    await page.getByRole('heading', { name: 'Rules' }).waitFor()
    await settled(page)
    const rows = page.locator('table.rules tbody tr')
    const all = await rows.count()
    assert.ok(all > 200, `${all} rules`)
    await page.getByRole('combobox', { name: 'Sight' }).selectOption('missing')
    await until('blind rules', async () => (await rows.count()) < all)
    assert.ok((await rows.first().innerText()).includes('blind'))
    await page.getByRole('combobox', { name: 'Sight' }).selectOption('')
    await page.getByRole('searchbox', { name: 'Search the rules' }).fill('token read by a command')
    await until('the rule', async () => (await rows.count()) === 1)
    await page.getByRole('link', { name: 'Service account token read by a command in a container' }).click()
    await page.getByRole('heading', { name: 'Try it on the past' }).waitFor()
  })
})

test('a rule shows its text, tests, history and noise, is tried on the past, and is switched off and on', async () => {
  const { rules } = await site.api('GET', '/api/v1/rules')
  const rule = rules.find((r) => r.name === 'token_read_by_command')
  await visit(browser, site, {}, async (page) => {
    await page.goto(`${site.address}/rules/${rule.id}`)
    await settled(page)
    const all = await text(page)
    for (const fact of ['High', 'Ask the person whether they ran it', 'When it is no attack', 'audit.exec.command_line', 'Kept back by exclusions', 'Dismissed', 'condition: command and token_file', 'must find nothing']) {
      assert.ok(all.includes(fact), `the page lacks ${fact}`)
    }
    await page.getByRole('button', { name: 'As compiled' }).click()
    await page.getByText('What it compiles to').waitFor()
    await page.getByRole('combobox', { name: 'Events of' }).selectOption('3650d')
    await page.getByRole('button', { name: 'Try it on the past' }).click()
    await page.locator('[data-backtest="1"]').waitFor()
    assert.match(await text(page, '[data-backtest]'), /would have found 1 finding.*the same.*anna\.keller.*payments/s)
    await accessible(page, 'rule')
    await page.getByRole('button', { name: 'Switch off…' }).click()
    await page.getByRole('textbox', { name: 'Why' }).fill('tried in a test')
    await page.getByRole('dialog').getByRole('button', { name: 'Switch off' }).click()
    await page.getByText('tried in a test').waitFor()
    await until('the matrix to tell', async () => (await site.api('GET', '/api/v1/attack')).rules.find((r) => r.id === rule.id).state === 'off')
    await page.getByRole('button', { name: 'Switch on' }).click()
    await page.getByRole('button', { name: 'Switch off…' }).waitFor()
  })
})

test('a backtest is cancelled', async () => {
  const { rules } = await site.api('GET', '/api/v1/rules')
  await visit(browser, site, {}, async (page) => {
    await page.goto(`${site.address}/rules/${rules[0].id}`)
    await settled(page)
    let release
    const held = new Promise((done) => (release = done))
    await page.route('**/rules/backtest', async (route) => {
      await held
      await route.abort().catch(() => undefined)
    })
    await page.getByRole('button', { name: 'Try it on the past' }).click()
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByText('Cancelled: nothing was changed.').waitFor()
    release()
  })
})

test('the coverage page says what is not seen, and asks the ledger', async () => {
  await visit(browser, site, {}, async (page) => {
    await page.keyboard.press('g')
    await page.keyboard.press('c')
    await page.getByText('Blind to what containers run').waitFor()
    for (const span of ['1h', '7d']) {
      await page.getByRole('combobox', { name: 'The last' }).selectOption(span)
      await settled(page)
      // A source is accounted for when its first minute is over.
      await page.locator('table.heat').or(page.getByText('No source has reported in that time')).waitFor()
      assert.equal(await page.getByRole('alert').count(), 0)
    }
  })
})

test('a cell of the map says what was lost where, and how to mend it', async () => {
  const names = ['cluster', 'node', 'source', 'role', 'at', 'seen', 'stored', 'lost', 'shed', 'unresolved', 'delay', 'ring', 'queue', 'spool', 'bus', 'parse', 'absent']
  const minute = Math.floor(Date.now() / 60_000) * 60_000
  const at = (ago) => new Date(minute - ago * 60_000).toISOString()
  const row = (ago, values) => names.map((n) => ({ cluster: 'prod', node: 'worker-7', source: 'sensor', role: 'sensor', at: at(ago), ...values })[n] ?? null)
  const rows = [row(9, { seen: 100, stored: 100 }), row(8, { seen: 950, stored: 900, lost: 50, ring: 50 }), row(7, { seen: 900, stored: 700, shed: 200, queue: 200 }), row(3, { seen: 500, stored: 500, delay: 300_000 }), row(2, { seen: 500, stored: 500 })]
  const gap = { cluster: 'prod', node: 'worker-7', source: 'sensor', role: 'sensor', reason: 'silent', from: at(6), to: at(4) }
  await visit(browser, site, {}, async (page) => {
    await page.route('**/api/v1/query', (route) => route.fulfill({ json: { columns: names.map((name) => ({ name, type: 'dynamic' })), rows, stats: {}, notes: [] } }))
    await page.route('**/api/v1/coverage?*', (route) => route.fulfill({ json: { complete: false, sources: 1, gaps: [gap] } }))
    await page.goto(`${site.address}/coverage?span=1h`)
    await settled(page)
    const line = page.locator('table.heat tbody tr', { hasText: 'worker-7' })
    const states = () => line.locator('button').evaluateAll((cells) => cells.map((c) => c.dataset.state).filter((s) => s !== 'quiet' && s !== 'before'))
    await until('all states', async () => JSON.stringify(await states()) === JSON.stringify(['some', 'lost', 'shed', 'silent', 'silent', 'late', 'seen']))
    for (const [state, facts] of [
      ['lost', ['50 events at ring', 'between the kernel and the sensor', '--ring-bytes']],
      ['shed', ['200 events at queue', 'How to mend it']],
      ['silent', ['Nothing came', 'what happened then is not known', 'kubectl get pods']],
      ['late', ['5 min from happening to stored', 'lynceus status']],
    ]) {
      await line.locator(`button[data-state="${state}"]`).first().click()
      const shown = await text(page, 'dialog')
      for (const fact of facts) assert.ok(shown.includes(fact), `${state} lacks ${fact}: ${shown}`)
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
    }
    // The arrow keys go through the cells.
    const lost = line.locator('button[data-state="lost"]')
    await lost.focus()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Enter')
    await page.locator('[data-detail="shed"]').waitFor()
    await page.keyboard.press('Escape')
    assert.match(await text(page), /1 gap.*sensor on worker-7 of prod: the source was silent/s)
    await accessible(page, 'heat map')
  })
})

test('a rule of one’s own is written, mended where the server says, kept, changed, taken out of force, removed and put back', async () => {
  await visit(browser, site, {}, async (page) => {
    await page.goto(`${site.address}/rules`)
    await settled(page)
    await page.getByRole('link', { name: 'New rule' }).click()
    const document = page.getByLabel('The rule', { exact: true })
    await document.waitFor()
    const text = (more) => `title: Exec into payments\nid: own_exec_into_payments\nlogsource: {product: kubernetes, service: audit}\ndetection:\n  selection:\n    resource.subresource: exec\n    ${more}\n  condition: selection\nlevel: high\n`
    await document.fill(text('k8s.namespcae: payments'))
    await page.locator('[data-checked="1"]').getByText('k8s.namespcae').waitFor()
    assert.ok(await page.getByRole('button', { name: 'Switch it on' }).isDisabled())
    await page.getByRole('button', { name: 'Line 7' }).click()
    assert.equal(await document.evaluate((el) => el.value.slice(el.selectionStart, el.selectionEnd)), '    k8s.namespcae: payments')
    await document.fill(text('k8s.namespace: payments'))
    await page.getByText('Nothing is wrong with it').waitFor()
    await accessible(page, 'new rule')
    await page.getByRole('button', { name: 'Switch it on' }).click()
    await page.getByRole('heading', { name: 'Exec into payments' }).waitFor()
    await page.getByRole('button', { name: 'Switch off…' }).waitFor()

    // It is tried as it stands in the form, and changed.
    await document.fill(text('k8s.namespace: nowhere'))
    await page.getByRole('combobox', { name: 'Events of' }).selectOption('3650d')
    await page.getByRole('button', { name: 'Try it on the past' }).click()
    await page.locator('[data-backtest="0"]').waitFor()
    await document.fill(text('k8s.namespace|contains: payments'))
    await page.getByRole('button', { name: 'Try it on the past' }).click()
    await page.locator('[data-backtest]:not([data-backtest="0"])').waitFor()
    await page.getByLabel('Why it is changed').fill('wider')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByRole('list', { name: 'Changes, the latest first' }).getByText('wider').waitFor()
    await until('the change', async () => (await site.api('GET', '/api/v1/rules/own_exec_into_payments')).text.includes('|contains'))
    await accessible(page, 'own rule')

    await page.getByRole('button', { name: 'Take out of force' }).click()
    await page.locator('.page-head').getByText('kept, and off').waitFor()
    await page.getByRole('button', { name: 'Remove…' }).click()
    await page.getByRole('button', { name: 'Remove it' }).click()
    await page.getByText('This rule was removed').waitFor()
    assert.deepEqual((await site.api('GET', '/api/v1/own-rules')).rules, [])
    await page.getByRole('button', { name: 'Put it back, off as it was' }).click()
    await document.waitFor()
    assert.match(await document.inputValue(), /namespace\|contains: payments/)
    const { rules: [back] } = await site.api('GET', '/api/v1/own-rules')
    assert.ok(back.id === 'own_exec_into_payments' && !back.on)
  })
})
