// A rule that somebody wrote here: its text to change and to try, what it was before, and its end.
import { useState } from 'react'
import type { Failed } from '../../api/client'
import type { StoredOwnRule } from '../../api/schema'
import { visible } from '../../format'
import { Link } from '../../router'
import { may, useWho } from '../../session'
import { Backtest } from '../../ui/Backtest'
import { RuleEditor } from '../../ui/RuleEditor'
import { Dialog, Empty, Failure, Loading, Panel, Time } from '../../ui/parts'
import { useChanges, useKeep, type Change } from './own'
import { Source } from './Source'

/** OwnText edits a rule's text and tries it as it stands there. */
export function OwnText({ own }: { own: StoredOwnRule }) {
  const who = useWho()
  const [text, setText] = useState(own.document)
  const [note, setNote] = useState('')
  const [removing, setRemoving] = useState(false)
  const { error, busy, act } = useAct()
  const { keep } = useKeep(own.id)
  const changed = text !== own.document
  const can = may(who, 'responder')
  const save = (on: boolean) => act(async () => {
    await keep({ document: text, query: own.query, on, note, revision: own.revision })
    setNote('')
  })
  return (
    <>
      <Panel
        title="Its text"
        aside={
          <span className="small muted">
            {own.on ? 'On' : 'Kept, and off'}; written by {visible(own.author)}, changed by {visible(own.changed_by)} <Time at={own.changed} />
          </span>
        }
      >
        <div className="stack">
          {own.query && (
            <p className="small">
              It was made of a query: <Link to={`/hunt?q=${encodeURIComponent(own.query)}`}>ask it again</Link>.
            </p>
          )}
          {!can ? (
            <>
              <Source text={own.document} />
              <p className="small muted">Changing it needs the role responder; yours is {who.role}.</p>
            </>
          ) : (
            <>
              <RuleEditor id={own.id} text={text} change={setText} />
              <label className="labelled">
                Why it is changed
                <input className="field full" value={note} maxLength={1000} onChange={(e) => setNote(e.target.value)} />
              </label>
              {error && <Failure error={error} />}
              <div className="row wrap">
                <button type="button" className="button main-action" disabled={busy || (own.on && !changed)} onClick={() => void save(true)}>
                  {own.on ? 'Save' : changed ? 'Save and switch on' : 'Switch it on'}
                </button>
                <button type="button" className="button" disabled={busy || (!own.on && !changed)} onClick={() => void save(false)}>
                  {own.on ? (changed ? 'Save, and switch off' : 'Take out of force') : 'Save, and leave it off'}
                </button>
                {changed && (
                  <button type="button" className="button quiet" onClick={() => setText(own.document)}>
                    Drop the changes
                  </button>
                )}
                <span className="grow" />
                <button type="button" className="button" onClick={() => setRemoving(true)}>
                  Remove…
                </button>
              </div>
            </>
          )}
        </div>
      </Panel>
      <Panel title={changed ? 'Try the changed text on the past' : 'Try it on the past'}>
        <Backtest text={text} />
      </Panel>
      <Panel title="What it was">
        <Changes id={own.id} restore={can ? (c) => setText(c.rule?.document ?? text) : undefined} />
      </Panel>
      {removing && <Removing own={own} close={() => setRemoving(false)} />}
    </>
  )
}

function Changes({ id, restore }: { id: string; restore?: (c: Change) => void }) {
  const changes = useChanges(id)
  if (changes.isPending) return <Loading what="Its history" lines={2} />
  if (changes.isError) return <Failure error={changes.error} />
  return (
    <ol className="plain-list" aria-label="Changes, the latest first">
      {changes.data.map((c, i) => (
        <li key={i}>
          <details>
            <summary>
              <Time at={c.time} /> {visible(c.by)}: {c.rule ? (c.rule.on ? 'on' : 'off') : 'removed'}
              {c.rule?.note && <span className="muted">, {visible(c.rule.note)}</span>}
            </summary>
            {c.rule && (
              <div className="stack">
                <Source text={c.rule.document} />
                {restore && (
                  <div className="row">
                    <button type="button" className="button" onClick={() => restore(c)}>
                      Take this text
                    </button>
                  </div>
                )}
              </div>
            )}
          </details>
        </li>
      ))}
    </ol>
  )
}

function Removing({ own, close }: { own: StoredOwnRule; close: () => void }) {
  const { error, busy, act } = useAct()
  const { end } = useKeep(own.id)
  return (
    <Dialog title="Remove this rule?" close={close}>
      <div className="stack">
        <p>
          <span className="mono">{own.id}</span> ends at once. What it found stays, and so does its history: it can be put back from this page.
        </p>
        {error && <Failure error={error} />}
        <div className="row">
          <button type="button" className="button main-action" disabled={busy} onClick={() => void act(end).then((done) => done && close())}>
            Remove it
          </button>
          <button type="button" className="button" onClick={close}>
            Keep it
          </button>
        </div>
      </div>
    </Dialog>
  )
}

/** Gone is the page of a rule that is not there, or not any more: then it can be put back. */
export function Gone({ id }: { id: string }) {
  const who = useWho()
  const changes = useChanges(id)
  const { error, busy, act } = useAct()
  const { keep } = useKeep(id)
  if (changes.isPending) return <Loading what="Its history" lines={2} />
  const was = changes.data?.find((c) => c.rule)?.rule
  const end = changes.data?.[0]
  if (!was || !end || end.rule) return <Empty title="No such rule runs here">It may have been taken out, or renamed. <Link to="/rules">All rules</Link></Empty>
  return (
    <Empty title="This rule was removed">
      <p>
        {visible(end.by)} removed <span className="mono">{id}</span> <Time at={end.time} />. What it found is still there. <Link to="/rules">All rules</Link>
      </p>
      {error && <Failure error={error} />}
      {may(who, 'responder') && (
        <button type="button" className="button main-action" disabled={busy} onClick={() => void act(() => keep({ document: was.document, query: was.query, on: was.on, note: 'put back' }))}>
          Put it back{was.on ? '' : ', off as it was'}
        </button>
      )}
    </Empty>
  )
}

/** useAct does one thing at a time, and keeps what went wrong; act says whether it was done. */
export function useAct() {
  const [error, setError] = useState<Failed | null>(null)
  const [busy, setBusy] = useState(false)
  const act = async (what: () => Promise<unknown>): Promise<boolean> => {
    setError(null)
    setBusy(true)
    try {
      await what()
      return true
    } catch (e) {
      setError(e as Failed)
      return false
    } finally {
      setBusy(false)
    }
  }
  return { error, busy, act }
}
