// A query becomes a rule: made by the server, tried on the past, kept by whoever may decide.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type Failed, send } from '../../api/client'
import type { BacktestAnswer, RuleDraft, Severity, StoredOwnRule } from '../../api/schema'
import { count, visible } from '../../format'
import { Link } from '../../router'
import { may, useWho } from '../../session'
import { RuleEditor } from '../../ui/RuleEditor'
import { Dialog, Failure, levels, Loading } from '../../ui/parts'
import { Tried } from './Tried'

/** tried is how far back a rule is tried. */
const tried = '30d'

export function RuleDialog({ query, params, since, close }: { query: string; params: Record<string, string>; since: string; close: () => void }) {
  const who = useWho()
  const client = useQueryClient()
  const [title, setTitle] = useState('')
  const [severity, setSeverity] = useState<Severity>('medium')
  const [tags, setTags] = useState('')
  const [text, setText] = useState('')
  const make = useMutation<RuleDraft, Failed>({
    mutationFn: () => send('POST', '/query/rule', { query, params, since: since || undefined, title, severity, tags: tags.split(/[\s,]+/).filter(Boolean) }),
    onSuccess: (d) => {
      setText(d.document)
      past.reset()
      keep.reset()
    },
  })
  const past = useMutation<BacktestAnswer, Failed>({ mutationFn: () => send('POST', '/rules/backtest', { text, since: tried }) })
  const keep = useMutation<StoredOwnRule, Failed, boolean>({
    mutationFn: (on) => send('PUT', `/own-rules/${make.data?.id ?? ''}`, { document: text, query, on, note: 'made of a query' }),
    onSuccess: () => void client.invalidateQueries({ queryKey: ['rules'] }),
  })
  const draft = make.data
  return (
    <Dialog title="Make a rule of this query" close={close}>
      <div className="stack wide">
        <p className="muted small">What the query finds now, the rule finds from the moment it is switched on, and tells.</p>
        <form
          className="stack"
          onSubmit={(e) => {
            e.preventDefault()
            if (title.trim()) make.mutate()
          }}
        >
          <label className="labelled">
            Title
            <input className="field full" data-first="" value={title} placeholder="Secrets read by somebody new in payments" onChange={(e) => setTitle(e.target.value)} />
          </label>
          <div className="row wrap">
            <label className="labelled">
              Severity
              <select className="field" value={severity} onChange={(e) => setSeverity(e.target.value as Severity)}>
                {levels.map((l) => (
                  <option key={l}>{l}</option>
                ))}
              </select>
            </label>
            <label className="labelled grow">
              ATT&CK, where you know it
              <input className="field full" value={tags} placeholder="attack.credential-access attack.t1552.007" onChange={(e) => setTags(e.target.value)} />
            </label>
          </div>
          <div className="row">
            <button type="submit" className={draft ? 'button' : 'button main-action'} disabled={!title.trim() || make.isPending}>
              {draft ? 'Make it again' : 'Make the rule'}
            </button>
          </div>
        </form>
        {make.isPending && <Loading what="The rule" lines={2} />}
        {make.isError && <Failure error={make.error} />}
        {draft && draft.problems.length > 0 && (
          <div className="note warn" role="alert">
            <strong>This query makes no rule.</strong>
            <ul>
              {draft.problems.map((p) => (
                <li key={p}>{visible(p)}</li>
              ))}
            </ul>
          </div>
        )}
        {draft && draft.problems.length === 0 && (
          <>
            {[...draft.notes].map((n) => (
              <p key={n} className="note small">
                {visible(n)}
              </p>
            ))}
            {draft.tests.length > 0 && (
              <p className="small">
                It has {count(draft.tests.length, 'test')} made of stored events: {draft.tests.map((t) => `${t.name} (${t.match ? 'is found' : 'is not found'})`).join('; ')}.
              </p>
            )}
            <RuleEditor id={draft.id} text={text} change={setText} />
            <div className="row wrap">
              <button type="button" className="button" disabled={past.isPending} onClick={() => past.mutate()}>
                Try it on the last 30 days
              </button>
              {may(who, 'responder') && !keep.isSuccess && (
                <>
                  <button type="button" className="button main-action" disabled={keep.isPending} onClick={() => keep.mutate(true)}>
                    Switch it on
                  </button>
                  <button type="button" className="button" disabled={keep.isPending} onClick={() => keep.mutate(false)}>
                    Keep it switched off
                  </button>
                </>
              )}
            </div>
            {!may(who, 'responder') && <p className="muted small">Keeping a rule needs the role responder; yours is {who.role}. Give its text to somebody who has it.</p>}
            {past.isPending && <Loading what="The past" lines={2} />}
            {past.isError && <Failure error={past.error} />}
            {past.data && <Tried answer={past.data} id={draft.id} />}
            {keep.isError && <Failure error={keep.error} />}
            {keep.data && (
              <p className="note" role="status">
                The rule <Link to={`/rules/${encodeURIComponent(keep.data.id)}`} className="mono">{keep.data.id}</Link> is {keep.data.on ? 'on: it is judged within seconds' : 'kept, and off'}.
              </p>
            )}
          </>
        )}
      </div>
    </Dialog>
  )
}
