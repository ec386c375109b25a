// Whether a rule is on, and switching it off or on again.
import { useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { Failed, send } from '../../api/client'
import type { Rule } from '../../api/schema'
import { visible } from '../../format'
import { limited, may, useWho } from '../../session'
import { Dialog, Failure, Time } from '../../ui/parts'

const ends: Record<string, number> = { 'until I switch it on': 0, 'for a day': 86_400_000, 'for a week': 7 * 86_400_000, 'for 30 days': 30 * 86_400_000 }

export function Switching({ rule }: { rule: Rule }) {
  const who = useWho()
  const client = useQueryClient()
  const [open, setOpen] = useState(false)
  const [error, setError] = useState<Failed | null>(null)
  const can = may(who, 'responder') && !limited(who)
  const told = () => Promise.all([['rule', rule.id], ['rules'], ['attack']].map((queryKey) => client.invalidateQueries({ queryKey })))
  const on = async (cluster: string) => {
    setError(null)
    try {
      await send('DELETE', `/rules/${encodeURIComponent(rule.id)}/off`, undefined, { cluster })
      await told()
    } catch (e) {
      setError(e as Failed)
    }
  }
  return (
    <div className="stack">
      {rule.off.length === 0 ? (
        <div className="row wrap">
          <span className="sight seen">
            <span aria-hidden="true">●</span> on
          </span>
          {can && (
            <button type="button" className="button" onClick={() => setOpen(true)}>
              Switch off…
            </button>
          )}
        </div>
      ) : (
        <ul className="plain-list">
          {rule.off.map((o) => (
            <li key={o.cluster} className="note warn">
              <strong>Off{o.cluster ? ` for cluster ${visible(o.cluster)}` : ''}</strong>: {visible(o.reason)} <span className="muted small">by {visible(o.author)} since <Time at={o.since} />{o.until && <> until <Time at={o.until} /></>}</span>{' '}
              {can && (
                <button type="button" className="button" onClick={() => void on(o.cluster)}>
                  Switch on
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
      {error && <Failure error={error} />}
      {open && <OffDialog rule={rule} close={() => setOpen(false)} told={told} />}
    </div>
  )
}

function OffDialog({ rule, close, told }: { rule: Rule; close: () => void; told: () => Promise<unknown> }) {
  const [reason, setReason] = useState('')
  const [end, setEnd] = useState('for a week')
  const [error, setError] = useState<Failed | null>(null)
  const submit = async (e: FormEvent) => {
    e.preventDefault()
    setError(null)
    const ms = ends[end] ?? 0
    try {
      await send('PUT', `/rules/${encodeURIComponent(rule.id)}/off`, { reason, ...(ms > 0 ? { until: new Date(Date.now() + ms).toISOString() } : {}) })
      await told()
      close()
    } catch (x) {
      setError(x as Failed)
    }
  }
  return (
    <Dialog title={`Switch off: ${visible(rule.title)}`} close={close}>
      <form className="stack" onSubmit={(e) => void submit(e)}>
        <p>It finds nothing any more, in all clusters: what it would find nobody sees. Where only some things should not be told, an exclusion on the finding is better.</p>
        <label className="labelled">
          Why
          <input className="field full" value={reason} onChange={(e) => setReason(e.target.value)} required maxLength={500} data-first="" />
        </label>
        <label className="labelled">
          For how long
          <select className="field" value={end} onChange={(e) => setEnd(e.target.value)}>
            {Object.keys(ends).map((k) => (
              <option key={k}>{k}</option>
            ))}
          </select>
        </label>
        {error && <Failure error={error} />}
        <div className="row">
          <button type="submit" className="button main-action" disabled={!reason.trim()}>
            Switch off
          </button>
          <button type="button" className="button" onClick={close}>
            Leave it on
          </button>
        </div>
      </form>
    </Dialog>
  )
}
