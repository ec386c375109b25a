// The five questions, asked by their buttons on the recorded attack: what the screen shows is what lynceus ask says of the
// same server, and what a count of the recording's own lines gives.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { accessible, demo, lynceus, settled, stage, test, text, until, visit } from './lib.mjs'

const { browser, site } = await stage({ site: demo })

/** intruder is the address from which the attack came: docs/demo/README.md. */
const intruder = '203.0.113.66'
const stolen = 'system:serviceaccount:payments:payments-api'

/** requests are those of the recording, each as its last event tells of it. */
const requests = [...new Map(
  gunzipSync(readFileSync(join(resolve(import.meta.dirname, '../..'), 'docs/demo/demo.jsonl.gz'))).toString().trimEnd().split('\n').map((l) => JSON.parse(l)).map((e) => [e.auditID, e]),
).values()]
const on = (e) => `${e.objectRef?.resource ?? ''}${e.objectRef?.subresource ? `/${e.objectRef.subresource}` : ''}`
const refused = (e) => [401, 403].includes(e.responseStatus?.code)

/** counted are the requests that are kept, by a key; those of a key are added up, as a question does. */
function counted(keep, key, more = () => []) {
  const by = new Map()
  for (const e of requests.filter(keep)) by.set(key(e).join(' | '), [...(by.get(key(e).join(' | ')) ?? []), e])
  return [...by].map(([k, list]) => [k, list.length, ...more(list)].join(' | ')).sort()
}

/** ask is what the command line is answered. */
const ask = (name, params) => JSON.parse(execFileSync(lynceus, ['ask', name, '--data', site.data, '--output', 'json', ...Object.entries(params).flatMap(([k, v]) => ['--param', `${k}=${v}`])], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }))

/** cell is a value as the page writes it: docs/console.md has no other form. */
const cell = (v) => {
  if (v === null || v === undefined) return ''
  if (Array.isArray(v)) return JSON.stringify(v)
  return String(v).replace(/^(\d{4}-\d\d-\d\d)T([\d:]+)(\.\d+)?Z$/, (_, day, clock, part = '') => `${day} ${clock}${part.replace(/\.?0+$/, '')}`).slice(0, 160)
}

/** shown are the rows on the screen, by the names of their columns. */
async function shown(page) {
  await page.getByRole('heading', { name: /^\d+ rows?$/ }).waitFor()
  await settled(page)
  return page.getByRole('table', { name: 'Rows' }).evaluate((table) => {
    const of = (row, role) => [...row.querySelectorAll(`[role=${role}]`)].map((c) => (c.querySelector('.hidden') ? '' : c.textContent))
    const names = of(table, 'columnheader')
    return [...table.querySelectorAll('[role=row].line')].map((r) => Object.fromEntries(of(r, 'cell').map((v, i) => [names[i], v])))
  })
}

/** holds that all rows of an answer of the command line stand on the screen, and no other; which event of several is named may differ. */
function same(rows, answer, but = []) {
  const line = (r) => JSON.stringify(Object.entries(r).filter(([k]) => !but.includes(k)).map(([k, v]) => [k, cell(v)]))
  assert.deepEqual(rows.map(line).sort(), answer.map(line).sort())
  for (const r of rows) for (const k of but) assert.match(r[k], /^[0-9a-f]{32}$/)
}

/** press asks a question by its button, and has what it needs given; the answer is of the time that had something. */
async function press(page, button, given) {
  await page.getByRole('button', { name: button, exact: true }).click()
  if (given) {
    await until('the focus where something has to be given', () => page.evaluate(() => document.activeElement?.closest('.hunt-params') !== null))
    await page.keyboard.type(given)
    await page.keyboard.press('Enter')
  }
  const rows = await until('rows', async () => {
    const now = await shown(page)
    return now.length > 0 && now
  })
  return { rows, window: new URL(page.url()).searchParams.get('p.window') ?? undefined }
}

/** asked is the page with nothing asked yet. */
const asked = (act) =>
  visit(browser, site, {}, async (page) => {
    await page.goto(`${site.address}/hunt`)
    await settled(page)
    await act(page)
  })

const params = (window, more = {}) => ({ ...(window ? { window } : {}), ...more })

test('who and which pod asked for secrets, allowed and refused, mounted or in the environment, by which method known', () =>
  asked(async (page) => {
    const { rows, window } = await press(page, 'Who got at secrets?')
    same(rows, ask('secrets', params(window)), ['event'])
    const row = (how, who, namespace = '') => rows.find((r) => r.how === how && r.who === who && r.namespace === namespace)
    assert.equal(row('API: list', stolen).pod, 'api-98b966cd5-2cfh4', 'which pod’s token it was')
    assert.deepEqual([row('API: list', 'anna.keller').refused, row('API: list', 'anna.keller', 'payments').refused], ['1', '0'])
    assert.equal(row('in the environment', 'system:serviceaccount:kube-system:statefulset-controller', 'data').secret, 'warehouse-dsn')
    const screen = rows.filter((r) => r.how.startsWith('API: ') && r.how !== 'API: token made').map((r) => [r.how.slice(5), r.who, r.namespace, r.secret, r.requests, r.refused].join(' | '))
    assert.deepEqual(screen.sort(), counted((e) => on(e) === 'secrets', (e) => [e.verb, e.user.username, e.objectRef.namespace ?? '', e.objectRef.name ?? ''], (list) => [list.filter(refused).length]))
    // What the answer is not from is said beside it.
    assert.match(await text(page), /Nothing in the last 1h: this is of the last \d+d/)
    assert.match(await text(page), /this store has no file events: the answer is from audit only/)
    await accessible(page, 'the answer of a question')
  }))

test('which processes and shells ran that should not', () =>
  asked(async (page) => {
    const { rows, window } = await press(page, 'What ran that should not?')
    same(rows, ask('processes', params(window)), ['event'])
    const screen = rows.map((r) => [r.who, r.namespace, r.pod, r.command, r.interactive, r.times].join(' | '))
    const command = (e) => new URL(e.requestURI, 'http://x').searchParams
    assert.deepEqual(screen.sort(), counted((e) => on(e) === 'pods/exec', (e) => [e.user.username, e.objectRef.namespace, e.objectRef.name, command(e).getAll('command').join(' '), command(e).get('tty') === 'true']))
    assert.ok(rows.some((r) => r.command.includes('/serviceaccount/token')) && rows.some((r) => r.pod === 'node-check' && r.interactive === 'true'))
  }))

test('what a service account asked, the most suspicious first and why', () =>
  asked(async (page) => {
    const { rows, window } = await press(page, 'What did this account do?', 'payments/payments-api')
    same(rows, ask('account', params(window, { account: 'payments/payments-api' })), ['event'])
    const ranks = rows.map((r) => Number(r.suspicion))
    assert.deepEqual(ranks, [...ranks].sort((a, b) => b - a))
    assert.deepEqual([rows[0].verb, rows[0].resource], ['create', 'pods'])
    assert.match(rows.find((r) => r.resource === 'clusterrolebindings').why, /Cluster administration granted/)
    const screen = rows.map((r) => [r.verb, r.resource, r.namespace, r.requests].join(' | '))
    assert.deepEqual(screen.sort(), counted((e) => e.user.username === stolen, (e) => [e.verb, on(e), e.objectRef?.namespace ?? '']))
    assert.ok(rows.every((r) => r.addresses === JSON.stringify([intruder])), 'from where')
  }))

test('who talks over expected boundaries', () =>
  asked(async (page) => {
    const { rows, window } = await press(page, 'Who crossed a boundary?')
    same(rows, ask('boundaries', params(window)))
    const screen = rows.map((r) => [r.who, r.namespace, r.peer, r.times].join(' | '))
    assert.deepEqual(screen.sort(), counted((e) => e.sourceIPs[0] === intruder, (e) => [e.user.username, e.objectRef?.namespace ?? '', e.sourceIPs[0]]))
  }))

test('the person behind a pod, and from an event the trace of what led to it', () =>
  asked(async (page) => {
    const { rows, window } = await press(page, 'Who is behind this?', 'node-check')
    same(rows, ask('who', params(window, { pod: 'node-check' })))
    const screen = rows.filter((r) => r.relation !== 'made the pod').map((r) => [r.person, r.address, r.did].join(' | '))
    const acts = (e) => ['create', 'delete', 'update', 'patch'].includes(e.verb) && !e.objectRef.subresource ? true : e.objectRef.subresource === 'exec'
    assert.deepEqual(screen.sort(), requests.filter((e) => e.objectRef?.resource === 'pods' && e.objectRef.name === 'node-check' && acts(e)).map((e) => [e.user.username, e.sourceIPs[0], `${e.verb} ${on(e)}`].join(' | ')).sort())
    assert.deepEqual(rows.filter((r) => r.relation === 'made the pod').map((r) => r.person), [stolen])
    // From an answer of another question: the shell, and who is behind it.
    const shells = (await press(page, 'What ran that should not?')).rows
    const event = shells.find((r) => r.pod === 'node-check').event
    await page.getByRole('table', { name: 'Rows' }).getByRole('button', { name: event }).click()
    await page.getByRole('button', { name: 'Who is behind it?' }).click()
    await until('the event itself', async () => (await shown(page))[0]?.relation === 'the event itself')
    const trace = await shown(page)
    same(trace, ask('who', { event, window: '3650d' }))
    assert.deepEqual([trace[0].uid, trace[0].person, trace[0].address, trace[0].command], [event, stolen, intruder, 'sh'])
    assert.ok(trace.some((r) => r.relation === 'made the pod' && r.person === stolen))
  }))

test('a question of a time that somebody chose is asked of no other', () =>
  asked(async (page) => {
    await page.goto(`${site.address}/hunt`)
    await page.getByRole('button', { name: 'Who crossed a boundary?', exact: true }).click()
    await until('another time', () => new URL(page.url()).searchParams.get('p.window'))
    await page.getByLabel(/^window/).fill('10s')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'No row' }).waitFor()
    await settled(page)
    assert.equal(new URL(page.url()).searchParams.get('p.window'), '10s')
  }))
