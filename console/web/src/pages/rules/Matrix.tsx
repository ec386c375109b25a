// The matrix of ATT&CK: tactics from left to right, the techniques that rules are about, grey where today's sources let nothing be seen.
import { useMemo, useState } from 'react'
import type { AttackMatrix, AttackRule, AttackTactic } from '../../api/schema'
import { count, visible } from '../../format'
import { Link } from '../../router'
import { Dialog, Mark } from '../../ui/parts'
import { Sees, SightMark, words } from './Sees'

type Cell = AttackTactic['techniques'][number]

/** short is a technique's own name, without that of its parent. */
function short(name: string): string {
  return name.split(': ').pop() ?? name
}

export function Matrix({ matrix }: { matrix: AttackMatrix }) {
  const [open, setOpen] = useState<{ tactic: string; cell: Cell } | null>(null)
  const rules = useMemo(() => new Map(matrix.rules.map((r) => [r.id, r])), [matrix])
  const named = matrix.tactics.flatMap((t) => t.techniques).filter((c) => c.id)
  const all = new Set(named.map((c) => c.id)).size
  const seen = new Set(named.filter((c) => c.state === 'seen').map((c) => c.id)).size
  const lacking = matrix.tables.filter((t) => t.state !== 'seen')
  return (
    <div className="stack wide">
      <p>
        {count(seen, 'technique')} of the {all} that rules look for can be seen today{seen < all && '; the grey ones cannot'}.{' '}
        <span className="row wrap small matrix-legend">
          <Sees state="seen" /> <Sees state="silent" /> <Sees state="missing" /> <Sees state="off" />
        </span>
      </p>
      {lacking.length > 0 && <Lacking tables={lacking} />}
      <div className="matrix-scroll" tabIndex={0} role="region" aria-label="ATT&amp;CK matrix">
        <ol className="matrix">
          {matrix.tactics.map((t) => (
            <li key={t.name} className="matrix-column">
              <h2 className="small">
                {t.name}
                <span className="muted">{t.techniques.length > 0 ? `${t.techniques.filter((c) => c.state === 'seen').length} of ${t.techniques.length} seen` : 'no rule'}</span>
              </h2>
              <ul className="stack">
                {t.techniques.map((c) => (
                  <li key={c.id}>
                    <button type="button" className={`matrix-cell ${c.state}`} onClick={() => setOpen({ tactic: t.name, cell: c })} title={c.name || 'Rules that name the tactic only'} data-technique={c.id} data-state={c.state}>
                      <span className="matrix-name">
                        <SightMark state={c.state} /> {c.id ? visible(short(c.name) || c.id) : 'In general'}
                        <span className="hidden">, {words[c.state]}</span>
                      </span>
                      <span className="matrix-foot small">
                        <span className="mono">{c.id}</span>
                        <span className="num">{count(c.rules.length, 'rule')}</span>
                        {c.findings > 0 && <strong className="num">{count(c.findings, 'finding')}</strong>}
                      </span>
                    </button>
                  </li>
                ))}
              </ul>
            </li>
          ))}
        </ol>
      </div>
      {open && (
        <Dialog title={open.cell.id ? `${open.cell.id} ${open.cell.name}` : open.tactic} close={() => setOpen(null)}>
          <OfCell tactic={open.tactic} cell={open.cell} rules={open.cell.rules.map((id) => rules.get(id)).filter((r) => r !== undefined)} />
        </Dialog>
      )}
    </div>
  )
}

/** Lacking says which tables are not seen, those for the same reason together. */
function Lacking({ tables }: { tables: AttackMatrix['tables'] }) {
  const by = new Map<string, { names: string[]; state: AttackMatrix['tables'][number]['state']; do: string }>()
  for (const t of tables) {
    const one = by.get(t.why) ?? { names: [], state: t.state, do: t.do }
    one.names.push(t.name === 'bodies' ? 'bodies of requests' : t.name)
    by.set(t.why, one)
  }
  return (
    <ul className="plain-list" aria-label="Why cells are grey">
      {[...by].map(([why, one]) => (
        <li key={why} className="note warn small">
          <Sees state={one.state} /> <strong>{visible(why)}</strong>: nothing is known of {one.names.join(', ')}.
          <div className="muted">To see it: {visible(one.do)}</div>
        </li>
      ))}
    </ul>
  )
}

function OfCell({ tactic, cell, rules }: { tactic: string; cell: Cell; rules: AttackRule[] }) {
  return (
    <div className="stack">
      <p className="muted">
        {tactic}: {count(rules.length, 'rule')}, {count(cell.findings, 'finding')} in the chosen time.
      </p>
      <ul className="plain-list">
        {rules.map((r) => (
          <li key={r.id}>
            <div className="row wrap">
              <Mark level={r.severity} />
              <Link to={`/rules/${encodeURIComponent(r.id)}`}>{visible(r.title)}</Link>
              <Sees state={r.state} />
              {r.findings > 0 && <Link to={`/findings?rule=${encodeURIComponent(r.id)}`}>{count(r.findings, 'finding')}</Link>}
            </div>
            {r.why && (
              <p className="small muted">
                {visible(r.why)}. It reads {r.tables.join(', ')}
                {r.body ? ' with bodies of requests' : ''}. To see it: {visible(r.do)}
              </p>
            )}
          </li>
        ))}
      </ul>
      {cell.id && (
        <p className="small muted">
          Described at attack.mitre.org as <span className="mono">techniques/{cell.id.replace('.', '/')}</span>.
        </p>
      )}
    </div>
  )
}
