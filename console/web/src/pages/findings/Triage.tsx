// Deciding about what is selected, in one step that can be undone.
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Failed, get } from '../../api/client'
import type { FindingDocument } from '../../api/documents'
import type { CaseStatus, Finding, Resolution, TriageStep } from '../../api/schema'
import { count, visible } from '../../format'
import { useWho } from '../../session'
import { Dialog, Failure, Loading, Time } from '../../ui/parts'
import { resolutions } from '../../ui/Status'
import { Expected } from '../incident/Expected'
import { said, useDecideFindings, useUndo, type Decision, type Page } from './data'
import { filterText } from './filter'
import { size, type Picked } from './picked'

/** about names the selection as the server takes it. */
function about(p: Picked): Decision {
  return p.whole ? { filter: filterText(p.whole.filter) } : { ids: [...p.ids.keys()] }
}

interface BarProps {
  picked: Picked
  total: number
  pickAll: () => void
  clear: () => void
  done: (step: TriageStep) => void
}

export function TriageBar({ picked, total, pickAll, clear, done }: BarProps) {
  const who = useWho()
  const [open, setOpen] = useState<'' | 'decide' | 'expected'>('')
  const decide = useDecideFindings(done)
  const n = size(picked)
  if (n === 0) return null
  return (
    <div className="triage-bar" role="region" aria-label="What is selected">
      <div className="row wrap">
        <strong className="num" aria-live="polite">
          {count(n, 'finding')} selected
        </strong>
        {picked.whole && <span className="muted small cut">{visible(picked.whole.words)}</span>}
        {n < total && (
          <button type="button" className="button quiet" onClick={pickAll}>
            Select all {total.toLocaleString('en')}
          </button>
        )}
        <span className="grow" />
        <button type="button" className="button" disabled={decide.isPending} onClick={() => decide.mutate({ ...about(picked), assignee: who.name, status: 'investigating' })}>
          Take
        </button>
        <button type="button" className="button main-action" onClick={() => setOpen('decide')}>
          Decide…
        </button>
        <button type="button" className="button" onClick={() => setOpen('expected')}>
          Expected…
        </button>
        <button type="button" className="button quiet" onClick={clear}>
          Clear
        </button>
      </div>
      {decide.isError && <Failure error={decide.error} />}
      {open === 'decide' && <Decide picked={picked} close={() => setOpen('')} done={done} />}
      {open === 'expected' && (
        <ExpectedOf
          picked={picked}
          close={() => setOpen('')}
          kept={() => {
            setOpen('')
            decide.mutate({ ...about(picked), status: 'closed', resolution: 'expected' })
          }}
        />
      )}
    </div>
  )
}

function Decide({ picked, close, done }: { picked: Picked; close: () => void; done: (step: TriageStep) => void }) {
  const who = useWho()
  const [state, setState] = useState('')
  const [assign, setAssign] = useState('')
  const [other, setOther] = useState('')
  const [comment, setComment] = useState('')
  const decide = useDecideFindings((step) => {
    close()
    done(step)
  })
  const [status, resolution] = state.split(' ') as [CaseStatus | '', Resolution | undefined]
  const wanted: Decision = { ...about(picked), ...(status ? { status } : {}), ...(resolution ? { resolution } : {}), ...(comment.trim() ? { comment: comment.trim() } : {}) }
  if (assign) wanted.assignee = assign === 'me' ? who.name : assign === 'nobody' ? '' : other.trim()
  const says = Boolean(status || comment.trim() || (assign && (assign !== 'other' || other.trim())))
  return (
    <Dialog title={`Decide about ${count(size(picked), 'finding')}`} close={close}>
      <form
        className="stack wide"
        onSubmit={(e) => {
          e.preventDefault()
          decide.mutate(wanted)
        }}
      >
        <div className="row wrap top">
          <label className="labelled grow">
            Status
            <select className="field full" value={state} onChange={(e) => setState(e.target.value)}>
              <option value="">as it is</option>
              <option value="open">open</option>
              <option value="investigating">investigating</option>
              {Object.entries(resolutions).map(([value, words]) => (
                <option key={value} value={`closed ${value}`}>
                  closed: {words}
                </option>
              ))}
            </select>
          </label>
          <label className="labelled grow">
            Works on it
            <select className="field full" value={assign} onChange={(e) => setAssign(e.target.value)}>
              <option value="">as it is</option>
              <option value="me">me ({visible(who.name)})</option>
              <option value="other">somebody else…</option>
              <option value="nobody">nobody</option>
            </select>
          </label>
          {assign === 'other' && (
            <label className="labelled grow">
              Who
              <input className="field full" value={other} maxLength={200} onChange={(e) => setOther(e.target.value)} />
            </label>
          )}
        </div>
        <label className="labelled">
          Comment
          <textarea className="field full" rows={2} maxLength={8192} value={comment} onChange={(e) => setComment(e.target.value)} />
        </label>
        {resolution === 'expected' && <p className="note small">What comes later will be told again. To keep that from being told too, choose “Expected…” beside “Decide…”, which makes an exclusion.</p>}
        {decide.isError && <Failure error={decide.error} />}
        <div>
          <button type="submit" className="button main-action" disabled={!says || decide.isPending}>
            Decide
          </button>
        </div>
      </form>
    </Dialog>
  )
}

/** ExpectedOf offers an exclusion like one of what is selected, and closes all of it as expected. */
function ExpectedOf({ picked, close, kept }: { picked: Picked; close: () => void; kept: () => void }) {
  const byRule = new Map([...picked.ids.values()].map((f) => [f.rule, f]))
  const ids = [...byRule.values()].slice(0, 5).map((f) => f.id)
  const found = useQuery<FindingDocument[], Failed>({
    queryKey: ['findings', 'documents', ids, picked.whole?.key ?? ''],
    queryFn: async ({ signal }) => {
      const list = picked.whole
        ? (await get<Page>('/findings', { ...picked.whole.filter, limit: 5, documents: 'yes' }, signal)).findings
        : await Promise.all(ids.map((id) => get<Finding>(`/findings/${encodeURIComponent(id)}`, {}, signal)))
      return list.flatMap((f) => (f.document ? [f.document as unknown as FindingDocument] : []))
    },
  })
  if (found.data && found.data.length > 0) return <Expected findings={found.data} close={close} kept={kept} />
  return (
    <Dialog title="This is expected" close={close}>
      {found.isError ? <Failure error={found.error} /> : found.isPending ? <Loading what="The findings" /> : <p>Their documents are not kept any more.</p>}
    </Dialog>
  )
}

/** Done says what was decided and offers to take it back. */
export function Done({ step, undone, close }: { step: TriageStep; undone: (step: TriageStep) => void; close: () => void }) {
  const undo = useUndo(undone)
  return (
    <div className="note row wrap" role="status">
      <span className="grow">
        {count(step.findings, 'finding')} {step.undone ? `are as before: no longer ${said(step)}` : said(step)}.
      </span>
      {undo.isError && <span className="muted small">{visible(undo.error.message)}</span>}
      {!step.undone && (
        <button type="button" className="button" disabled={undo.isPending} onClick={() => undo.mutate(step.id)}>
          Undo
        </button>
      )}
      <button type="button" className="button quiet" aria-label="Close" onClick={close}>
        ✕
      </button>
    </div>
  )
}

/** Steps lists what was decided, by whom, to be undone. */
export function Steps({ able, close }: { able: boolean; close: () => void }) {
  const steps = useQuery<{ steps: TriageStep[] }, Failed>({ queryKey: ['findings', 'steps'], queryFn: ({ signal }) => get('/triage', {}, signal) })
  const undo = useUndo(() => undefined)
  return (
    <Dialog title="What was decided about findings" close={close}>
      {steps.isPending && <Loading what="The decisions" />}
      {steps.isError && <Failure error={steps.error} />}
      {undo.isError && <Failure error={undo.error} />}
      {steps.data?.steps.length === 0 && <p className="muted">Nothing was decided yet. Select findings in the list to begin.</p>}
      <ul className="plain-list">
        {steps.data?.steps.map((s) => (
          <li key={s.id} className="row top">
            <div className="grow">
              <div>
                {count(s.findings, 'finding')} {said(s)} {s.undone && <span className="chip">undone by {visible(s.undone_by ?? '')}</span>}
              </div>
              {s.comment && <div className="pre small">{visible(s.comment)}</div>}
              <div className="small muted">
                {visible(s.by)}, <Time at={s.time} />
              </div>
            </div>
            {able && !s.undone && (
              <button type="button" className="button" disabled={undo.isPending} onClick={() => undo.mutate(s.id)}>
                Undo
              </button>
            )}
          </li>
        ))}
      </ul>
    </Dialog>
  )
}
