// Signing in by an identity provider, as a browser does it: there and back, and what is said where it goes wrong.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { accessible, patience, program, serve, settled, stage, test, text, until, watch } from './lib.mjs'

/** provided starts a provider by which everybody is mira of the group soc, and a server that gives a group a role. */
async function provided(group) {
  const dir = mkdtempSync(join(tmpdir(), 'lynceus-provider-'))
  const [ca, access] = [join(dir, 'ca.pem'), join(dir, 'access.yaml')]
  const provider = spawn(program('provider'), ['--ca', ca], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = new Promise((done) => provider.on('exit', done))
  let said = ''
  provider.stdout.on('data', (b) => (said += b))
  const close = async () => {
    provider.stdin.end()
    await ended
    rmSync(dir, { recursive: true, force: true })
  }
  try {
    const issuer = (await until('the provider', () => said.includes('\n') && existsSync(ca) && said)).trim()
    writeFileSync(access, `rules:\n  - oidc: {groups: [${group}]}\n    role: analyst\n`)
    const server = await serve('', undefined, ['--access', access, '--oidc-issuer', issuer, '--oidc-client-id', 'lynceus', '--oidc-ca', ca])
    return { ...server, issuer, stop: () => server.stop().finally(close) }
  } catch (e) {
    await close()
    throw e
  }
}

const { browser, site, strangers } = await stage({ site: () => provided('soc'), strangers: () => provided('elsewhere') })

/** come opens a server in a browser of its own, where nobody is signed in, and holds that nothing fails unseen; going to the provider is no fault. */
async function come(server, path, act) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce', ignoreHTTPSErrors: true })
  context.setDefaultTimeout(patience)
  try {
    const page = await context.newPage()
    const faults = watch(page, server.address)
    await page.goto(server.address + path)
    await page.getByRole('heading', { name: 'Sign in to Lynceus' }).waitFor()
    await act(page, context)
    // What is refused to who signs in is said on the page; the browser notes the answer, too.
    assert.deepEqual(faults.filter((f) => !f.startsWith(`request to ${server.issuer}/`) && !/status of (401|403) .*\/api\/v1\/session$/.test(f)), [])
  } finally {
    await context.close()
  }
}

const byProvider = (page, server) => page.getByRole('button', { name: `Sign in with ${new URL(server.issuer).host}` })
const nobody = async (page, server) => assert.equal(await page.evaluate((a) => fetch(a).then((r) => r.status), `${server.address}/api/v1/session`), 204, 'somebody is signed in')
const refused = async (page, words) => {
  await page.getByRole('alert').getByText(words).waitFor()
  await byProvider(page, site).waitFor()
  await nobody(page, site)
  assert.ok(!/code=|state=/.test(page.url()), 'the answer stands in the address')
}

test('from the sign-in page to the provider, and back on the page where one was', () =>
  come(site, '/findings?by=user', async (page) => {
    await byProvider(page, site).waitFor()
    await accessible(page, 'sign-in by a provider')
    await byProvider(page, site).click()
    await page.getByRole('heading', { name: 'Findings' }).waitFor()
    await settled(page)
    assert.equal(page.url(), `${site.address}/findings?by=user`)
    assert.match(await text(page, '.side-foot'), /oidc:mira\s+analyst/)
    // What the browser can read holds nothing of the provider's.
    assert.equal(await page.evaluate(() => document.cookie + JSON.stringify(sessionStorage) + JSON.stringify(localStorage)).then((kept) => /code|token|eyJ/.test(kept)), false)
    await page.reload()
    await page.getByRole('heading', { name: 'Findings' }).waitFor()
    await settled(page)
    await page.getByRole('button', { name: 'Sign out' }).click()
    await byProvider(page, site).waitFor()
    await nobody(page, site)
    assert.ok(!(await text(page)).includes('The session is over'), 'who signs out is not told that the session is over')
    await page.goto(`${site.address}/incidents`)
    await byProvider(page, site).click()
    await page.getByRole('heading', { name: 'Incidents' }).waitFor()
  }))

test('an answer that nobody asked for, and one of another sign-in, are refused in words', () =>
  come(site, '/', async (page) => {
    await page.goto(`${site.address}/sign-in?state=made-up&code=made-up`)
    await refused(page, 'this browser has no sign-in under way here')
    // One that is under way, answered with the state of another.
    await page.route('**/authorize?*', (route) => route.fulfill({ status: 302, headers: { location: `${site.address}/sign-in?state=another&code=stolen` } }))
    await byProvider(page, site).click()
    await refused(page, 'nobody was signed in')
    await page.unroute('**/authorize?*')
    await byProvider(page, site).click()
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
  }))

test('an answer that comes when the sign-in is over, or a second time, is refused in words', () =>
  come(site, '/', async (page, context) => {
    let back
    page.on('request', (r) => r.url().startsWith(`${site.address}/sign-in?`) && (back = r.url()))
    // The browser forgets a sign-in after ten minutes: its cookie is gone.
    await page.route('**/authorize?*', async (route) => {
      await context.clearCookies()
      await route.continue()
    })
    await byProvider(page, site).click()
    await refused(page, 'this browser has no sign-in under way here')
    await page.unroute('**/authorize?*')
    await byProvider(page, site).click()
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    await settled(page) // what is still being read would be refused
    await page.getByRole('button', { name: 'Sign out' }).click()
    await byProvider(page, site).waitFor()
    await page.goto(back)
    await refused(page, 'this browser has no sign-in under way here')
  }))

test('who is denied by the provider, or has no role here, is told so', async () => {
  await come(site, '/', async (page) => {
    await page.route('**/authorize?*', (route) => {
      const state = new URL(route.request().url()).searchParams.get('state')
      return route.fulfill({ status: 302, headers: { location: `${site.address}/sign-in?${new URLSearchParams({ state, error: 'access_denied', error_description: 'Mira is on leave.', iss: site.issuer })}` } })
    })
    await byProvider(page, site).click()
    await refused(page, 'access_denied')
  })
  await come(strangers, '/', async (page) => {
    await byProvider(page, strangers).click()
    await page.getByRole('alert').getByText('nothing gives').waitFor()
    await page.getByRole('alert').getByText('ask an admin for a rule').waitFor()
    await accessible(page, 'refused for want of a role')
    await nobody(page, strangers)
  })
})
