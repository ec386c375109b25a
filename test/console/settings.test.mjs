// Signing in and the settings, and what somebody limited sees of all pages.
import assert from 'node:assert/strict'
import { accessible, demo, everyPage, patience, settled, stage, test, text, until, visit } from './lib.mjs'

const { browser, site } = await stage({ site: demo })

/** enter signs in with a token in a browser of its own. */
async function enter(secret, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce', ...options })
  context.setDefaultTimeout(patience)
  const page = await context.newPage()
  await page.goto(site.address)
  await page.getByLabel(/a token/).fill(secret)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await settled(page)
  return { context, page }
}

const token = async (body) => (await site.api('POST', '/api/v1/tokens', { seconds: 600, ...body })).secret

test('a token that is not good is refused in words, and one that ends leads back to where one was', async () => {
  const made = await site.api('POST', '/api/v1/tokens', { name: 'passing', role: 'analyst', seconds: 600 })
  const { context, page } = await enter(`${made.secret}x`)
  await page.getByRole('alert').getByText('not known, or has expired').waitFor()
  await accessible(page, 'sign-in')
  await page.getByLabel(/a token/).fill(made.secret)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  await page.goto(`${site.address}/findings?by=user`)
  await settled(page)
  await site.api('DELETE', `/api/v1/tokens/${made.id}`)
  await page.keyboard.press('g')
  await page.keyboard.press('i')
  await page.getByText('The session is over').waitFor()
  assert.match(page.url(), /\/incidents$/)
  await page.getByLabel(/a token/).fill(await token({ name: 'again', role: 'viewer' }))
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Incidents' }).waitFor()
  assert.match(page.url(), /\/incidents$/)
  await context.close()
})

test('an admin makes a token with a limit and revokes it', async () => {
  await visit(browser, site, {}, async (page) => {
    await page.keyboard.press('g')
    await page.keyboard.press('s')
    await page.getByRole('heading', { name: 'Who you are' }).waitFor()
    await page.getByText('this one').waitFor()
    await accessible(page, 'settings')
    await page.getByRole('tab', { name: 'Tokens' }).click()
    await page.getByRole('button', { name: 'New token…' }).click()
    const dialog = page.getByRole('dialog', { name: 'New token' })
    await dialog.getByLabel('For whom or what').fill('night shift')
    await dialog.getByLabel('Role').selectOption('responder')
    await dialog.getByLabel('Only these namespaces').fill('shop, team-*')
    await accessible(page, 'new token')
    await dialog.getByRole('button', { name: 'Make the token' }).click()
    const secret = await page.getByLabel('The token', { exact: true }).innerText()
    assert.match(secret.trim(), /^lyn_/)
    const mine = await (await fetch(`${site.address}/api/v1/session`, { headers: { Authorization: `Bearer ${secret.trim()}` } })).json()
    assert.deepEqual([mine.name, mine.role, mine.scope], ['night shift', 'responder', { namespaces: ['shop', 'team-*'] }])
    await page.getByRole('button', { name: 'I have it' }).click()
    await page.getByRole('button', { name: 'Revoke night shift' }).click()
    await page.getByRole('button', { name: 'Revoke it' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await until('the token is gone', async () => !(await text(page)).includes('night shift'))
    for (const part of ['Exclusions', 'Clusters and nodes', 'Server']) {
      await page.getByRole('tab', { name: part }).click()
      await settled(page)
      assert.equal(await page.getByRole('alert').count(), 0, await text(page))
      await accessible(page, part)
    }
    assert.match(await text(page), /audit\.jsonl/)
  })
})

test('an exclusion is taken back', async () => {
  const { findings } = await site.api('GET', '/api/v1/findings?limit=1')
  const proposed = await site.api('GET', `/api/v1/findings/${findings[0].id}/exclusion`)
  await site.api('POST', '/api/v1/exclusions', { ...proposed, reason: 'A test of the settings.' })
  await visit(browser, site, {}, async (page) => {
    await page.goto(`${site.address}/settings?part=exclusions`)
    await page.getByRole('button', { name: /^Take back A test of/ }).click()
    await page.getByRole('button', { name: 'Take it back' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.getByText('No exclusion is in force').waitFor()
  })
})

test('each role is shown what it may use', async () => {
  for (const [role, scope, parts] of [
    ['viewer', undefined, ['You', 'Exclusions', 'Clusters and nodes', 'Server']],
    ['responder', { namespaces: ['shop'] }, ['You', 'Clusters and nodes']],
  ]) {
    const { context, page } = await enter(await token({ name: role, role, ...(scope && { scope }) }))
    await page.goto(`${site.address}/settings`)
    await settled(page)
    assert.deepEqual(await page.getByRole('tab').allInnerTexts(), parts, role)
    for (const part of parts) {
      await page.getByRole('tab', { name: part, exact: true }).click()
      await settled(page)
      assert.equal(await page.getByRole('alert').count(), 0, `${role}, ${part}: ${await text(page)}`)
    }
    await context.close()
  }
})

test('the keyboard reaches all of a page in order, with the focus in sight', async () => {
  await visit(browser, site, {}, async (page) => {
    await page.goto(`${site.address}/settings`)
    await settled(page)
    await page.keyboard.press('Tab')
    assert.equal(await page.evaluate(() => document.activeElement?.textContent?.trim()), 'To the page')
    await page.keyboard.press('Enter')
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'main')
    const seen = []
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press('Tab')
      const at = await page.evaluate(() => {
        const e = document.activeElement
        if (!e || e === document.body) return null
        const box = e.getBoundingClientRect()
        const style = getComputedStyle(e)
        return { name: e.getAttribute('aria-label') ?? e.textContent?.trim() ?? e.tagName, size: box.width * box.height, ring: style.outlineStyle !== 'none' || e.tagName === 'INPUT' }
      })
      if (!at) break
      assert.ok(at.size > 0 && at.ring, `${at.name} has the focus and does not show it`)
      seen.push(at.name)
    }
    assert.ok(seen.includes('You') && seen.some((n) => n.startsWith('Sign out')), `reached: ${seen}`)
  })
})

// Those of a phone and of a desk are tried in console.test.mjs.
for (const width of [768, 2560]) {
  test(`every page fits ${width} pixels`, async () => {
    await visit(browser, site, { viewport: { width, height: 900 }, contrast: width === 768 ? 'more' : 'no-preference' }, async (page) => {
      for (const path of await everyPage(page)) {
        await page.goto(site.address + path)
        await settled(page)
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
        assert.ok(wide <= 1, `${path} is ${wide} pixels wider than its window`)
      }
    })
  })
}
