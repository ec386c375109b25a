// The rules: which there are, what they can see today, what they found; and the matrix of ATT&CK that they make.
import { useEffect, useMemo } from 'react'
import { count, visible } from '../../format'
import { Link, useSearch } from '../../router'
import { may, useWho } from '../../session'
import { Empty, Failure, levels, Loading, Mark, rank } from '../../ui/parts'
import { linesOf, useMatrix, useRules, windows, type Line } from './data'
import { Matrix } from './Matrix'
import { Sees } from './Sees'

const states: Record<string, string> = { '': 'any sight', seen: 'sees', silent: 'source silent', missing: 'blind', off: 'off' }
const orders: Record<string, string> = { '': 'gravest first', findings: 'noisiest first', title: 'by title' }

export default function Rules() {
  const [search, change] = useSearch()
  const who = useWho()
  const since = search.get('since') ?? '30d'
  const asMatrix = search.get('view') === 'matrix'
  const rules = useRules()
  const matrix = useMatrix(since)
  const lines = useMemo(() => linesOf(rules.data ?? [], matrix.data), [rules.data, matrix.data])
  useEffect(() => {
    document.title = `${asMatrix ? 'ATT&CK matrix' : 'Rules'} · Lynceus`
  }, [asMatrix])
  return (
    <>
      <div className="page-head">
        <h1>Rules</h1>
        {may(who, 'responder') && (
          <Link to="/rules/new" className="button">
            New rule
          </Link>
        )}
        <div className="row wrap" role="group" aria-label="Shown as">
          <button type="button" className="button" aria-pressed={!asMatrix} onClick={() => change({ view: '' }, true)}>
            List
          </button>
          <button type="button" className="button" aria-pressed={asMatrix} onClick={() => change({ view: 'matrix' }, true)}>
            ATT&amp;CK matrix
          </button>
          <label className="row small muted">
            Findings of the last
            <select className="field" value={since} onChange={(e) => change({ since: e.target.value })}>
              {windows.map((w) => (
                <option key={w}>{w}</option>
              ))}
            </select>
          </label>
        </div>
      </div>
      {rules.isError ? (
        <Failure error={rules.error} again={() => void rules.refetch()} />
      ) : rules.isPending || matrix.isPending ? (
        <Loading what="The rules" lines={8} />
      ) : lines.length === 0 ? (
        <Empty title="No rule runs here">Start lynceus up with its built-in rules, or give it some with --rules.</Empty>
      ) : asMatrix ? (
        matrix.isError ? (
          <Failure error={matrix.error} again={() => void matrix.refetch()} />
        ) : (
          <Matrix matrix={matrix.data} />
        )
      ) : (
        <>
          {matrix.isError && <Failure error={matrix.error} again={() => void matrix.refetch()} />}
          <List lines={lines} since={since} />
        </>
      )}
    </>
  )
}

function List({ lines, since }: { lines: Line[]; since: string }) {
  const [search, change] = useSearch()
  const text = (search.get('text') ?? '').toLowerCase()
  const pack = search.get('pack') ?? ''
  const state = search.get('state') ?? ''
  const level = search.get('severity') ?? ''
  const order = search.get('order') ?? ''
  const packs = useMemo(() => [...new Set(lines.map((l) => l.pack))].sort(), [lines])
  const shown = useMemo(() => {
    const found = lines.filter(
      (l) =>
        (!pack || l.pack === pack) &&
        (!state || (state === 'off' ? l.off || l.sees?.state === 'off' : l.sees?.state === state)) &&
        (!level || rank(l.rule.severity) <= rank(level)) &&
        (!text || `${l.rule.title} ${l.rule.name} ${l.rule.id} ${l.rule.description} ${l.rule.techniques.map((t) => `${t.id} ${t.name}`).join(' ')}`.toLowerCase().includes(text)),
    )
    const byTitle = (a: Line, b: Line) => a.rule.title.localeCompare(b.rule.title)
    return found.sort((a, b) => (order === 'title' ? 0 : order === 'findings' ? b.findings - a.findings : rank(a.rule.severity) - rank(b.rule.severity)) || byTitle(a, b))
  }, [lines, pack, state, level, text, order])
  const blind = lines.filter((l) => l.sees?.state === 'missing' || l.sees?.state === 'silent').length
  return (
    <>
      <div className="filters" role="search">
        <input className="field" type="search" placeholder="Search title, text, technique" aria-label="Search the rules" value={search.get('text') ?? ''} onChange={(e) => change({ text: e.target.value })} />
        <Choice label="Pack" value={pack} values={Object.fromEntries([['', 'all packs'], ...packs.map((p) => [p, p])])} set={(v) => change({ pack: v })} />
        <Choice label="Sight" value={state} values={states} set={(v) => change({ state: v })} />
        <Choice label="At least" value={level} values={Object.fromEntries([['', 'any severity'], ...levels.map((l) => [l, l])])} set={(v) => change({ severity: v })} />
        <Choice label="Order" value={order} values={orders} set={(v) => change({ order: v })} />
      </div>
      <p className="muted small" aria-live="polite">
        {count(shown.length, 'rule')} of {lines.length.toLocaleString('en')} in {count(packs.length, 'pack')}.{' '}
        {blind > 0 && (
          <button type="button" className="link" onClick={() => change({ state: 'missing' })}>
            {count(blind, 'rule')} cannot see what {blind === 1 ? 'it looks' : 'they look'} for.
          </button>
        )}
      </p>
      <div className="panel flat scroll-x">
        {shown.length === 0 ? (
          <Empty title="No rule is like that">Widen the filters above.</Empty>
        ) : (
          <table className="table rules">
            <thead>
              <tr>
                <th scope="col">Rule</th>
                <th scope="col">Today it</th>
                <th scope="col" className="right">
                  Findings, {since}
                </th>
                <th scope="col" className="hide-narrow">
                  Reads
                </th>
                <th scope="col" className="hide-narrow">
                  Techniques
                </th>
                <th scope="col" className="hide-narrow right">
                  Tests
                </th>
              </tr>
            </thead>
            <tbody>
              {shown.map((l) => (
                <tr key={l.rule.id}>
                  <td>
                    <Mark level={l.rule.severity} /> <span className="hidden">{l.rule.severity}</span> <Link to={`/rules/${encodeURIComponent(l.rule.id)}`}>{visible(l.rule.title)}</Link>
                    <div className="muted small hide-narrow">{visible(l.pack)}</div>
                  </td>
                  <td className="nowrap">{l.sees ? <Sees state={l.sees.state} why={l.sees.why} /> : <span className="muted small">feeds others</span>}</td>
                  <td className="right num">{l.findings > 0 ? <Link to={`/findings?rule=${encodeURIComponent(l.rule.id)}`}>{l.findings.toLocaleString('en')}</Link> : <span className="muted">0</span>}</td>
                  <td className="hide-narrow small">{l.sees?.tables.join(', ') ?? l.rule.table}</td>
                  <td className="hide-narrow small">{l.rule.techniques.map((t) => t.id).join(', ')}</td>
                  <td className="hide-narrow right num">{l.rule.tests}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
    </>
  )
}

function Choice({ label, value, values, set }: { label: string; value: string; values: Record<string, string>; set: (v: string) => void }) {
  return (
    <label className="row small muted">
      {label}
      <select className="field" value={value} onChange={(e) => set(e.target.value)}>
        {Object.entries(values).map(([v, name]) => (
          <option key={v} value={v}>
            {name}
          </option>
        ))}
      </select>
    </label>
  )
}

