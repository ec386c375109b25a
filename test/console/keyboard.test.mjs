// Every page and every dialog with the keyboard alone: all that can be used is reached in turn and seen to have the focus,
// dialogs keep it and give it back, and lists, graphs and maps are gone through by keys.
import assert from 'node:assert/strict'
import { demo, settled, stage, test, text, until, visit } from './lib.mjs'

const { browser, site } = await stage({ site: demo })

const worst = async () => (await site.api('GET', '/api/v1/incidents')).incidents.find((i) => i.severity === 'critical').id
const rule = async () => (await site.api('GET', '/api/v1/findings?severity=high')).findings[0].rule

/** tabs goes through a page by Tab from its beginning, until it begins again; it gives what was left out, and what had the focus unseen. */
async function tabs(page) {
  await page.evaluate(() => {
    const shows = (e) => e.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }) && e.getBoundingClientRect().width > 0
    const name = (e) => `${e.tagName.toLowerCase()} ${(e.getAttribute('aria-label') ?? e.querySelector('title')?.textContent ?? e.textContent ?? '').trim().slice(0, 60)}`
    const can = () => [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [contenteditable=true], [tabindex="0"], [role=button][tabindex]')].filter((e) => !e.disabled && e.tabIndex >= 0 && shows(e) && !e.inert)
    const edge = (e) => (e instanceof SVGGElement ? getComputedStyle(e.querySelector('rect')).stroke : '')
    window.walk = { wanted: can(), reached: new Set(), unseen: [], rounds: 0 }
    const plain = new Map([...document.querySelectorAll('svg [role=button]')].map((e) => [e, edge(e)]))
    // What can be clicked, and no key reaches: one of a group that arrow keys go through may have the focus in turn.
    window.walk.clickable = [...document.querySelectorAll('[role=button], [onclick]')].filter((e) => shows(e) && e.tabIndex < 0 && !e.closest('[role=group], [role=grid], table.heat, [role=listbox], [role=tablist]')).map(name)
    document.addEventListener('focusin', (event) => {
      const e = event.target
      const { walk } = window
      if (walk.reached.has(e)) walk.rounds++
      walk.reached.add(e)
      // What is drawn has another edge then. The ring of the editor comes a moment later, around it: it is tried below.
      for (const moving of e.getAnimations({ subtree: true })) moving.finish()
      const style = getComputedStyle(e)
      const ring = (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || e.matches('[data-editor]') || (edge(e) !== '' && edge(e) !== plain.get(e))
      const box = e.getBoundingClientRect()
      const inside = box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth
      if (!ring || !inside) walk.unseen.push(`${name(e)}${ring ? '' : ', no ring'}${inside ? '' : `, out of sight at ${box.left.toFixed()} ${box.top.toFixed()} ${box.width.toFixed()}x${box.height.toFixed()}`}`)
    })
    window.walk.left = () => window.walk.wanted.filter((e) => e.isConnected && shows(e) && !window.walk.reached.has(e) && !(e.type === 'radio' && e.name)).map(name)
    document.activeElement?.blur()
  })
  for (let round = 0; round < 60; round++) {
    for (let i = 0; i < 20; i++) await page.keyboard.press('Tab')
    const { left, rounds } = await page.evaluate(() => ({ left: window.walk.left().length, rounds: window.walk.rounds }))
    if (left === 0 || rounds > 3) break
  }
  return page.evaluate(() => ({ left: window.walk.left(), unseen: window.walk.unseen, clickable: window.walk.clickable, reached: window.walk.reached.size }))
}

/** pages are all there are, by what they show; the last word is how many things of it at least can be used. */
const pages = [
  ['overview', async () => '/overview', 20],
  ['incidents', async () => '/incidents', 15],
  ['incident', async () => `/incidents/${await worst()}`, 60],
  ['findings', async () => '/findings', 40],
  ['findings in groups', async () => '/findings?by=user', 25],
  ['hunt', async () => '/hunt', 20],
  ['hunt with an answer', async () => `/hunt?q=${encodeURIComponent('audit | where resource.type == "secrets" | project time, actor.user.name, api.operation | take 5')}`, 30],
  ['builder', async () => `/hunt?build=yes&q=${encodeURIComponent('audit | where resource.type == "secrets"')}`, 30],
  ['map', async () => '/map', 20],
  ['inventory', async () => '/inventory?kind=accounts', 25],
  ['thing', async () => '/inventory/accounts?name=anna.keller&what=Person', 15],
  ['rules', async () => '/rules', 30],
  ['matrix', async () => '/rules?view=matrix', 60],
  ['rule', async () => `/rules/${await rule()}`, 18],
  ['coverage', async () => '/coverage', 12],
  ['settings', async () => '/settings', 15],
  ['exclusions', async () => '/settings?part=exclusions', 15],
  ['clusters and nodes', async () => '/settings?part=fleet', 15],
  ['server', async () => '/settings?part=server', 15],
  ['tokens', async () => '/settings?part=tokens', 15],
]

for (let half = 0; half < 2; half++) {
  test(`Tab reaches all that can be used, in sight (${half + 1} of 2)`, () =>
    visit(browser, site, {}, async (page) => {
      for (const [name, path, least] of pages.filter((_, i) => i % 2 === half)) {
        await page.goto(site.address + (await path()))
        await settled(page)
        const { left, unseen, clickable, reached } = await tabs(page)
        assert.deepEqual({ left, unseen, clickable }, { left: [], unseen: [], clickable: [] }, name)
        assert.ok(reached >= least, `${name}: only ${reached} things were reached`)
      }
    }))
}

/** dialogs are opened by a button with its name, on a page. */
const dialogs = [
  ['/findings', '', '[data-line="0"] .link'],
  ['/findings', 'Decisions…'],
  ['/findings?severity=high', 'Save filter…'],
  ['/hunt', 'History'],
  [`/hunt?q=${encodeURIComponent('audit | take 3')}`, 'Explain'],
  [`/hunt?q=${encodeURIComponent('audit | where resource.type == "secrets"')}`, 'Make a rule…'],
  [`/hunt?q=${encodeURIComponent('audit | take 3 | project actor.user.name')}`, '', '.results-row.line button'],
  ['/rules?view=matrix', '', '.matrix-cell'],
  ['/settings?part=tokens', 'New token…'],
  ['incident', 'Expected…'],
  ['rule', 'Switch off…'],
]

test('dialogs keep the focus, close by Escape or their button, and give the focus back', () =>
  visit(browser, site, {}, async (page) => {
    for (const [where, name, selector] of dialogs) {
      const path = where === 'incident' ? `/incidents/${await worst()}` : where === 'rule' ? `/rules/${await rule()}` : where
      await page.goto(site.address + path)
      await settled(page)
      const opener = selector ? page.locator(selector).first() : page.getByRole('button', { name, exact: true }).first()
      const dialog = page.getByRole('dialog')
      for (const closes of ['Escape', 'button']) {
        const what = `${path}: ${selector ?? name}, closed by ${closes}`
        await opener.focus()
        await opener.evaluate((e) => (window.opener = e))
        await page.keyboard.press('Enter')
        await dialog.waitFor()
        await settled(page)
        await page.waitForFunction(() => document.querySelector('dialog').contains(document.activeElement), undefined, { timeout: 10_000 }).catch(() => assert.fail(`${what}: the focus is not in it`))
        for (const key of closes === 'Escape' ? ['Tab', 'Shift+Tab'] : []) {
          for (let i = 0; i < 12; i++) await page.keyboard.press(key)
          // After the last thing of a dialog a browser's own bar has the focus, and a page none.
          assert.ok(await page.evaluate(() => document.activeElement === document.body || document.querySelector('dialog').contains(document.activeElement)), `${what}: ${key} leaves it`)
        }
        if (closes === 'Escape') await page.keyboard.press('Escape')
        else {
          await dialog.getByRole('button', { name: 'Close' }).first().focus()
          await page.keyboard.press('Enter')
        }
        await dialog.waitFor({ state: 'detached' })
        await page.waitForFunction(() => document.activeElement === window.opener, undefined, { timeout: 10_000 }).catch(async () => assert.fail(`${what}: the focus went to ${await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 200))}`))
      }
    }
  }))

test('search and help are opened and closed by keys, and the focus is where it was', () =>
  visit(browser, site, {}, async (page) => {
    await page.goto(`${site.address}/incidents`)
    await settled(page)
    for (const [key, name] of [['/', 'Search'], ['?', 'Keys']]) {
      const link = page.locator('.main a').first()
      await link.focus()
      await page.keyboard.press(key)
      await page.getByRole('dialog', { name }).waitFor()
      if (key === '/') {
        await page.keyboard.type('tcpdump')
        await page.getByRole('option', { name: /tom\.berg/ }).first().waitFor()
      }
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      await until(`the focus after ${name}`, () => link.evaluate((e) => e === document.activeElement))
    }
  }))

test('lists, tabs, graphs and the map are gone through by keys', () =>
  visit(browser, site, {}, async (page) => {
    const focused = () => page.evaluate(() => (document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '').trim())
    // Every page by its keys.
    for (const [key, path] of [['o', '/overview'], ['i', '/incidents'], ['f', '/findings'], ['h', '/hunt'], ['m', '/map'], ['y', '/inventory'], ['r', '/rules'], ['c', '/coverage'], ['s', '/settings']]) {
      await page.keyboard.press('g')
      await page.keyboard.press(key)
      await until(path, () => new URL(page.url()).pathname === path)
      await settled(page)
    }
    // The list of findings: down, open, close, and down again from there.
    await page.goto(`${site.address}/findings`)
    await settled(page)
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    await page.keyboard.press('k')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    const [first, second] = await page.locator('[data-line] .link').evaluateAll((list) => list.slice(0, 2).map((e) => e.textContent))
    await page.getByRole('dialog').getByRole('heading', { name: first, exact: true }).waitFor() // it is read first
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await page.getByRole('dialog').getByRole('heading', { name: second, exact: true }).waitFor()
    await page.keyboard.press('Escape')
    // The incident's graph: a node by Enter shows its findings, and one of them opens.
    await page.goto(`${site.address}/incidents/${await worst()}`)
    await settled(page)
    await page.getByRole('group', { name: 'Graph of the incident' }).getByRole('button', { name: /^secrets all secrets/ }).focus()
    await page.keyboard.press('Enter')
    const of = page.locator('.graph ~ *, .stack').getByRole('button', { name: 'Secrets of all namespaces listed' }).first()
    await of.focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    // The timeline's kinds, and a tactic, are switches.
    const tactic = page.getByRole('button', { name: /^Credential Access/ })
    await tactic.focus()
    await page.keyboard.press('Space')
    assert.equal(await tactic.getAttribute('aria-pressed'), 'true')
    // The editor is seen to have the focus, and gives it on by Tab.
    await page.goto(`${site.address}/hunt`)
    await settled(page)
    await page.getByRole('textbox', { name: 'Query in KQL' }).focus()
    await until('a ring around the editor', () => page.locator('.cm-editor').evaluate((e) => getComputedStyle(e).outlineStyle !== 'none'))
    await page.keyboard.press('Tab')
    assert.equal(await page.evaluate(() => document.activeElement.matches('[data-editor]')), false)
    // An answer as a graph, and its node.
    await page.goto(`${site.address}/hunt?q=${encodeURIComponent('audit | where src_endpoint.ip == "203.0.113.66"')}`)
    await page.getByRole('button', { name: 'graph', exact: true }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('group', { name: 'Graph of the answer' }).getByRole('button', { name: /anna\.keller/ }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Everything with it' }).focus()
    await page.keyboard.press('Enter')
    await until('the pivot', () => new URL(page.url()).searchParams.get('q')?.startsWith('search "anna.keller"'))
    // The map: in by Enter, on by arrows, out by Backspace.
    await page.goto(`${site.address}/map`)
    await settled(page)
    await page.getByRole('group', { name: /^Who talks to whom/ }).getByRole('button', { name: /^payments, namespace/ }).focus()
    await page.keyboard.press('Enter')
    await until('inside', () => new URL(page.url()).searchParams.get('at') === 'ns||payments')
    await page.waitForFunction(() => document.activeElement?.closest('.map [data-item]'))
    const before = await focused()
    await page.keyboard.press('ArrowDown')
    assert.notEqual(await focused(), before)
    await page.keyboard.press('Backspace')
    await until('outside again', () => !new URL(page.url()).searchParams.has('at'))
  }))
