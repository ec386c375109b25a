// What people decide about an incident: who works on it, how it stands, what they say.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { Failed, get, send } from '../../api/client'
import type { Case as CaseOf, CaseStatus, Comment, Decision, Resolution } from '../../api/schema'
import { visible } from '../../format'
import { may, useWho } from '../../session'
import { Failure, Loading, Panel, Time } from '../../ui/parts'
import { resolutions, Status } from '../../ui/Status'
import { useCase } from './data'

interface Change {
  status?: CaseStatus
  resolution?: Resolution
  assignee?: string
  comment?: string
}

/** useDecide changes the case of an incident; when somebody else was faster the case is read again and the failure says so. */
export function useDecide(id: string) {
  const client = useQueryClient()
  const again = () => Promise.all([client.invalidateQueries({ queryKey: ['incident', id] }), client.invalidateQueries({ queryKey: ['incidents'] })])
  return useMutation<CaseOf, Failed, Change>({
    mutationFn: async (change) => {
      const now = await client.fetchQuery({ queryKey: ['incident', id, 'case'], queryFn: () => get<CaseOf>(`/incidents/${encodeURIComponent(id)}/case`), staleTime: Infinity })
      return send<CaseOf>('PATCH', `/incidents/${encodeURIComponent(id)}/case`, { ...change, revision: now.revision })
    },
    onSuccess: (now) => {
      client.setQueryData(['incident', id, 'case'], now)
      void client.invalidateQueries({ queryKey: ['incident', id, 'history'] })
      void client.invalidateQueries({ queryKey: ['incidents'] })
    },
    onError: () => void again(),
  })
}

export function Case({ id, expected }: { id: string; expected: () => void }) {
  const who = useWho()
  const found = useCase(id)
  const decide = useDecide(id)
  const [close, setClose] = useState('')
  if (found.isPending) return <Panel title="Case"><Loading what="The case" lines={3} /></Panel>
  if (found.isError) return <Panel title="Case"><Failure error={found.error} /></Panel>
  const c = found.data
  const able = may(who, 'responder')
  return (
    <Panel title="Case" aside={<Status status={c.merged_into ? 'merged' : c.status} resolution={c.resolution} />}>
      <div className="stack">
        {c.grown && <p className="note warn small">It has more requests than when this was decided.</p>}
        {decide.isError && <Failure error={decide.error} />}
        <dl className="facts">
          <dt>Works on it</dt>
          <dd>{c.assignee ? visible(c.assignee) : <span className="muted">nobody</span>}</dd>
          {c.by && (
            <>
              <dt>Last change</dt>
              <dd>
                {visible(c.by)}, <Time at={c.changed} />
              </dd>
            </>
          )}
        </dl>
        {able ? (
          <div className="stack">
            <div className="row wrap">
              {c.assignee !== who.name && (
                <button type="button" className="button" disabled={decide.isPending} onClick={() => decide.mutate({ assignee: who.name, ...(c.status === 'open' ? { status: 'investigating' as const } : {}) })}>
                  Take it
                </button>
              )}
              {c.assignee && (
                <button type="button" className="button" disabled={decide.isPending} onClick={() => decide.mutate({ assignee: '' })}>
                  Let go
                </button>
              )}
              {c.status === 'closed' && (
                <button type="button" className="button" disabled={decide.isPending} onClick={() => decide.mutate({ status: 'open', resolution: '' })}>
                  Open again
                </button>
              )}
              <button type="button" className="button" onClick={expected}>
                Expected…
              </button>
            </div>
            {c.status !== 'closed' && (
              <form
                className="row"
                onSubmit={(e) => {
                  e.preventDefault()
                  if (close) decide.mutate({ status: 'closed', resolution: close as Resolution })
                }}
              >
                <select className="field grow" aria-label="Close it as" value={close} onChange={(e) => setClose(e.target.value)}>
                  <option value="">Close it as…</option>
                  {Object.entries(resolutions).map(([value, words]) => (
                    <option key={value} value={value}>
                      {words}
                    </option>
                  ))}
                </select>
                <button type="submit" className="button" disabled={!close || decide.isPending}>
                  Close
                </button>
              </form>
            )}
          </div>
        ) : (
          <p className="muted small">Deciding is for responders; your role is {who.role}.</p>
        )}
        <Comments id={id} comments={c.comments} able={able} />
        <History id={id} />
      </div>
    </Panel>
  )
}

function Comments({ id, comments, able }: { id: string; comments: Comment[]; able: boolean }) {
  const client = useQueryClient()
  const [text, setText] = useState('')
  const add = useMutation<Comment, Failed, string>({
    mutationFn: (t) => send<Comment>('POST', `/incidents/${encodeURIComponent(id)}/comments`, { text: t }),
    onSuccess: () => {
      setText('')
      void client.invalidateQueries({ queryKey: ['incident', id, 'case'] })
    },
  })
  const submit = (e: FormEvent) => {
    e.preventDefault()
    if (text.trim()) add.mutate(text.trim())
  }
  return (
    <div className="stack">
      <h3>Comments</h3>
      {comments.length === 0 && <p className="muted small">None yet.</p>}
      <ul className="plain-list">
        {comments.map((c) => (
          <li key={c.id} className="comment">
            <div className="small muted">
              {visible(c.by)}, <Time at={c.time} />
            </div>
            <div className="pre">{visible(c.text)}</div>
          </li>
        ))}
      </ul>
      {able && (
        <form className="stack" onSubmit={submit}>
          <textarea className="field full" rows={2} maxLength={8192} aria-label="A comment" placeholder="What was found out, or decided" value={text} onChange={(e) => setText(e.target.value)} />
          {add.isError && <Failure error={add.error} />}
          <div>
            <button type="submit" className="button" disabled={!text.trim() || add.isPending}>
              Comment
            </button>
          </div>
        </form>
      )}
    </div>
  )
}

interface CaseChange {
  time: string
  by: string
  before: Decision | null
  after: Decision
}

/** said tells in words what a change changed. */
function said(c: CaseChange): string {
  const out: string[] = []
  if ((c.before?.assignee ?? '') !== c.after.assignee) out.push(c.after.assignee ? `gave it to ${c.after.assignee}` : 'took it from whoever had it')
  if ((c.before?.status ?? 'open') !== c.after.status || (c.before?.resolution ?? '') !== c.after.resolution) out.push(`set it ${c.after.status}${c.after.resolution ? `: ${resolutions[c.after.resolution]}` : ''}`)
  return out.join(', ') || 'changed nothing'
}

function History({ id }: { id: string }) {
  const [open, setOpen] = useState(false)
  const history = useQuery<{ changes: CaseChange[] }, Failed>({ queryKey: ['incident', id, 'history'], enabled: open, queryFn: () => get(`/incidents/${encodeURIComponent(id)}/case/history`) })
  return (
    <details onToggle={(e) => setOpen(e.currentTarget.open)}>
      <summary className="small">History</summary>
      {history.isError && <Failure error={history.error} />}
      <ul className="plain-list small">
        {history.data?.changes.map((c, i) => (
          <li key={i}>
            <Time at={c.time} />: {visible(c.by)} {visible(said(c))}
          </li>
        ))}
        {history.data?.changes.length === 0 && <li className="muted">Nothing was decided yet.</li>}
      </ul>
    </details>
  )
}
