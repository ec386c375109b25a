// What the tests and the screenshots share: a server on the demo's day or on nothing, and a browser that notes what a
// person would not see, but must not be.
import assert from 'node:assert/strict'
import { spawn, execFileSync } from 'node:child_process'
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import nodetest from 'node:test'
import { gunzipSync } from 'node:zlib'
import { chromium } from 'playwright-core'

const root = resolve(import.meta.dirname, '../..')
export const lynceus = process.env.LYNCEUS ?? join(root, 'bin/lynceus')
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** patience is how long anything may take on a machine that does much else, in milliseconds. */
export const patience = 60_000

/** until polls what may fail until it holds. */
export async function until(what, holds) {
  const end = Date.now() + patience
  let last
  while (Date.now() < end) {
    try {
      const value = await holds()
      if (value) return value
    } catch (e) {
      last = e
    }
    await new Promise((done) => setTimeout(done, 150))
  }
  throw new Error(`${what}: not within ${patience / 1000} s${last ? `: ${last.message}` : ''}`)
}

/** program is the path of one that make builds. */
export const program = (name) => join(root, 'bin', name)

/** serve starts lynceus up on a copy of an audit log, or on one that has nothing in it; before it starts, its data directory may be filled. */
export async function serve(log, fill, flags = []) {
  const dir = mkdtempSync(join(tmpdir(), 'lynceus-console-'))
  const followed = join(dir, 'audit.jsonl')
  const data = join(dir, 'data')
  writeFileSync(followed, log ? gunzipSync(readFileSync(join(root, log))) : '')
  fill?.(data)
  const server = spawn(lynceus, ['up', '--sensor', 'off', '--data', data, '--follow', followed, '--listen', '127.0.0.1:0', ...flags], { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  server.stderr.on('data', (b) => (said += b))
  const ended = new Promise((done) => server.on('exit', done))
  const stop = async () => {
    server.kill('SIGTERM')
    await ended
    rmSync(dir, { recursive: true, force: true })
  }
  try {
    await until('the server', () => {
      if (server.exitCode !== null) throw new Error(said)
      return existsSync(join(data, 'up.json'))
    })
  } catch (e) {
    await stop()
    throw new Error(`${e.message}\n${said}`)
  }
  const { address } = JSON.parse(readFileSync(join(data, 'up.json'), 'utf8'))
  const token = readFileSync(join(data, 'up.token'), 'utf8').trim()
  const api = async (method, path, body) => {
    const answer = await fetch(address + path, { method, headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', Accept: 'application/json' }, body: body && JSON.stringify(body) })
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    return answer.json()
  }
  const link = () => execFileSync(lynceus, ['console', '--data', data], { encoding: 'utf8' }).trim()
  return { address, data, followed, api, link, said: () => said, stop }
}

/** tell reports a cluster to a server, as its agent does: test/tell says what can be told. */
export function tell(server, name, ...what) {
  const secret = execFileSync(lynceus, ['token', 'create', '--data', server.data, '--role', 'agent', '--cluster', name, `tell-${name}`], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  const token = join(server.data, `${name}.token`)
  writeFileSync(token, secret)
  execFileSync(program('tell'), ['--server', server.address, '--token', token, ...what, '--to', server.followed])
}

/** many starts a server whose store has a hundred thousand findings. */
export function many(findings = 100_000) {
  return serve('', (data) => execFileSync('go', ['run', './test/findings', '--data', data, '--findings', String(findings)], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] }))
}

/** demo starts a server on the recorded attack and waits until all of it was judged and told. */
export async function demo() {
  const log = 'docs/demo/demo.jsonl.gz'
  const lines = gunzipSync(readFileSync(join(root, log))).toString().trimEnd().split('\n').length
  const server = await serve(log)
  let before
  await until('the incident of the demo', async () => {
    const { tables } = await server.api('GET', '/api/v1/status')
    if (tables.find((t) => t.name === 'audit')?.rows !== lines) return false
    const { incidents } = await server.api('GET', '/api/v1/incidents')
    const now = JSON.stringify([tables, incidents])
    const still = now === before && incidents.some((i) => i.severity === 'critical')
    before = now
    if (!still) await new Promise((done) => setTimeout(done, 500))
    return still
  })
  return server
}

export function browse() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-background-networking', '--force-prefers-reduced-motion'] })
}

/** watch notes what goes wrong in a page without being seen: errors on the console, and requests to elsewhere. */
export function watch(page, origin) {
  const faults = []
  page.on('console', (m) => m.type() === 'error' && faults.push(`console: ${m.text()} ${m.location().url}`))
  page.on('pageerror', (e) => faults.push(`error: ${e.message}`))
  page.on('request', (r) => {
    const url = r.url()
    if (!url.startsWith(`${origin}/`) && !url.startsWith('data:') && !url.startsWith('blob:')) faults.push(`request to ${url}`)
  })
  return faults
}

/** settled waits until a page has something to show, and nothing of it is being read for the first time any more. */
export async function settled(page) {
  const still = () => {
    const busy = document.querySelector('.bones, [aria-busy=true]') || !document.querySelector('h1, .empty, [role=alert]')
    const now = performance.now()
    if (busy || !window.stillSince) window.stillSince = now
    return now - window.stillSince > 300
  }
  await page.evaluate(() => delete window.stillSince)
  await page.waitForFunction(still, undefined, { timeout: patience, polling: 50 })
}

/** shows waits until a part of a page, main unless it is said, shows every one of some texts. */
export async function shows(page, facts, selector = 'main') {
  let lacks, all
  await until('', async () => {
    all = await text(page, selector)
    lacks = facts.filter((f) => !all.includes(f))
    return lacks.length === 0
  }).catch(() => assert.fail(`${page.url()} lacks ${JSON.stringify(lacks)}: ${all}`))
}

/**
 * stage opens a browser and the servers that a file of tests shares, each made by a function, and ends them after the
 * file's last test.
 */
export async function stage(servers) {
  const made = { browser: browse() }
  for (const [name, make] of Object.entries(servers)) made[name] = make()
  const ends = async () => {
    for (const [name, one] of Object.entries(made)) {
      const thing = await one.catch(() => undefined)
      await (name === 'browser' ? thing?.close() : thing?.stop())
    }
  }
  nodetest.after(ends)
  return Object.fromEntries(await Promise.all(Object.entries(made).map(async ([name, one]) => [name, await one])))
}

/**
 * test is node's. Where UNSTEADY names a file, a test that fails is tried once more; one that passes then is written to that
 * file (tools/go-test.sh does the same).
 */
export function test(name, act) {
  nodetest(name, async () => {
    try {
      await act()
    } catch (e) {
      if (!process.env.UNSTEADY) throw e
      console.log(`${name}: ${e.stack}\nis tried once more`)
      await act()
      appendFileSync(process.env.UNSTEADY, `${name}: ${e.message}\n`)
    }
  })
}

/** visit signs in to a server in a browser of its own, does something, and holds what must hold of every page. */
export async function visit(browser, server, options, act) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce', ...options })
  context.setDefaultTimeout(patience)
  try {
    const page = await context.newPage()
    const faults = watch(page, server.address)
    await page.goto(server.link())
    await settled(page)
    await act(page).catch((e) => {
      e.message += faults.map((f) => `\n${f}`).join('')
      throw e
    })
    assert.deepEqual(faults, [])
  } finally {
    await context.close()
  }
}

/** accessible asks axe for serious faults of the page as it is. It runs beside the page's own scripts, past its policy. */
export async function accessible(page, what) {
  const client = await page.context().newCDPSession(page)
  const { frameTree } = await client.send('Page.getFrameTree')
  const { executionContextId: contextId } = await client.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id, worldName: 'axe' })
  const run = async (expression, awaitPromise) => {
    const { result, exceptionDetails } = await client.send('Runtime.evaluate', { expression, contextId, awaitPromise, returnByValue: true })
    if (exceptionDetails) throw new Error(`axe: ${exceptionDetails.text} ${exceptionDetails.exception?.description ?? ''}`)
    return result.value
  }
  await run(axe, false)
  const found = await run(`axe.run(document, { resultTypes: ['violations'] }).then((r) => r.violations.filter((v) => ['serious', 'critical'].includes(v.impact)).map((v) => v.id + ': ' + v.nodes.slice(0, 3).map((n) => n.html.slice(0, 200) + ' ' + n.failureSummary).join(' | ')))`, true)
  await client.detach()
  assert.deepEqual(found, [], `${what}: axe`)
}

/** everyPage are the paths of the navigation. */
export const everyPage = (page) => page.locator('nav a').evaluateAll((links) => links.map((a) => a.getAttribute('href')))

/** text is what a part of a page, main unless it is said, shows. */
export const text = (page, selector = 'main') => page.locator(selector).first().innerText()
