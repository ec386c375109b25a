// Saying that something is expected: an exclusion with a scope, an end and a reason, tried on the past before it is kept.
import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { Failed, get, send } from '../../api/client'
import type { FindingDocument } from '../../api/documents'
import type { NewExclusion, Past, ProposedExclusion, Scope, StoredExclusion } from '../../api/schema'
import { count, listed, visible } from '../../format'
import { rank } from '../../ui/parts'
import { Dialog, Failure, Loading, Severity, Time } from '../../ui/parts'

const days = [1, 7, 30, 90, 365]

export function Expected({ findings, close, kept }: { findings: FindingDocument[]; close: () => void; kept: () => void }) {
  const choices = [...findings].sort((a, b) => rank(a.severity) - rank(b.severity))
  const [chosen, setChosen] = useState(choices[0]?.id ?? '')
  return (
    <Dialog title="This is expected" close={close}>
      <div className="stack wide">
        <p>An exclusion keeps findings like one of these from being told, as narrow as its conditions, until its end. They stay in the store.</p>
        <label className="labelled">
          Like which finding
          <select className="field full" value={chosen} onChange={(e) => setChosen(e.target.value)}>
            {choices.map((f) => (
              <option key={f.id} value={f.id}>
                {f.severity}: {visible(f.title)} ({visible(f.actor.service_account || f.actor.user)})
              </option>
            ))}
          </select>
        </label>
        {chosen && <Form key={chosen} finding={chosen} kept={kept} />}
      </div>
    </Dialog>
  )
}

/** conditions are the parts of a scope as one can leave them out. */
function conditions(s: Scope): { key: string; name: string; value: string }[] {
  const out: { key: string; name: string; value: string }[] = []
  for (const name of ['cluster', 'namespace', 'workload', 'user'] as const) {
    const value = s[name]
    if (value) out.push({ key: name, name, value: name === 'workload' && s.workload_kind ? `${s.workload_kind}/${value}` : value })
  }
  for (const f of s.fields ?? []) out.push({ key: `field ${f.field}`, name: f.field, value: f.value })
  return out
}

function without(s: Scope, left: Set<string>): Scope {
  const out: Scope = { ...s, fields: (s.fields ?? []).filter((f) => !left.has(`field ${f.field}`)) }
  for (const name of ['cluster', 'namespace', 'workload', 'user'] as const) if (left.has(name)) delete out[name]
  if (left.has('workload')) delete out.workload_kind
  if (out.fields?.length === 0) delete out.fields
  return out
}

function Form({ finding, kept }: { finding: string; kept: () => void }) {
  const proposed = useQuery<ProposedExclusion, Failed>({ queryKey: ['exclusion of', finding], queryFn: () => get(`/findings/${encodeURIComponent(finding)}/exclusion`) })
  const [left, setLeft] = useState<Set<string>>(new Set())
  const [reason, setReason] = useState('')
  const [life, setLife] = useState(30)
  const wanted = (): NewExclusion => ({
    rules: proposed.data?.rules ?? [], scope: without(proposed.data?.scope ?? {}, left), finding, reason: reason.trim() || 'not said yet',
    expires: new Date(Date.now() + life * 86_400_000).toISOString(),
  })
  const look = useMutation<Past, Failed>({ mutationFn: () => send<Past>('POST', '/exclusions', wanted(), { try: 'yes', since: '3650d' }) })
  const keep = useMutation<StoredExclusion, Failed>({ mutationFn: () => send<StoredExclusion>('POST', '/exclusions', wanted()), onSuccess: kept })
  const { mutate, reset } = look
  useEffect(() => {
    reset()
    if (proposed.data) mutate()
  }, [proposed.data, left, mutate, reset])
  if (proposed.isPending) return <Loading what="The exclusion" />
  if (proposed.isError) return <Failure error={proposed.error} />
  const toggle = (key: string) => {
    const next = new Set(left)
    if (!next.delete(key)) next.add(key)
    setLeft(next)
  }
  return (
    <form
      className="stack wide"
      onSubmit={(e) => {
        e.preventDefault()
        keep.mutate()
      }}
    >
      <fieldset className="plain">
        <legend className="small muted">Only where all of these hold</legend>
        {conditions(proposed.data.scope).map((c) => (
          <label key={c.key} className="row">
            <input type="checkbox" checked={!left.has(c.key)} onChange={() => toggle(c.key)} />
            <span className="muted">{c.name}</span> <code>{visible(c.value)}</code>
          </label>
        ))}
      </fieldset>
      <div className="row wrap top">
        <label className="labelled grow">
          Why it is expected
          <input className="field full" value={reason} required onChange={(e) => setReason(e.target.value)} />
        </label>
        <label className="labelled">
          Until
          <select className="field" value={life} onChange={(e) => setLife(Number(e.target.value))}>
            {days.map((d) => (
              <option key={d} value={d}>
                in {count(d, 'day')}
              </option>
            ))}
          </select>
        </label>
      </div>
      <section className="note" aria-live="polite">
        <h3>Look back</h3>
        {look.isError ? <Failure error={look.error} /> : look.data ? <LookBack past={look.data} /> : <Loading what="The past" lines={2} />}
      </section>
      {keep.isError && <Failure error={keep.error} />}
      <div>
        <button type="submit" className="button main-action" disabled={!reason.trim() || keep.isPending || !look.data}>
          Keep the exclusion
        </button>
      </div>
    </form>
  )
}

function LookBack({ past: p }: { past: Past }) {
  return (
    <div className="stack small">
      <p>
        It would have covered <strong>{count(p.covered, 'finding')}</strong> of {p.looked}, {count(p.requests, 'request')}
        {p.oldest && p.newest && (
          <>
            , from <Time at={p.oldest} /> to <Time at={p.newest} />
          </>
        )}
        .
      </p>
      {p.uncertain > 0 && <p>{count(p.uncertain, 'finding')} would still be told, as they stand for more requests than they show.</p>}
      {p.denied > 0 && <p>{count(p.denied, 'finding')} would still be told, as Lynceus stopped what was done.</p>}
      {p.severities.length > 0 && <p>By severity: {listed(p.severities.map((t) => `${t.findings} ${t.name}`), 5)}.</p>}
      <ul className="plain-list">
        {p.samples.slice(0, 5).map((s) => (
          <li key={s.id} className="row wrap">
            <Severity level={s.severity} /> {visible(s.title)} <span className="muted">{visible(s.user || s.workload)}</span> <Time at={s.time} />
          </li>
        ))}
      </ul>
    </div>
  )
}
