import { useQuery } from '@tanstack/react-query'
import { type Failed, send } from '../../api/client'
import { count, visible } from '../../format'
import { Dialog, Failure, Loading } from '../../ui/parts'
import type { Answered, Asked } from './ask'
import { explained, type Step } from './explain'

/** Explain says how a query is answered: its steps, what the store leaves unread, and, where it was run, what was read. */
export function Explain({ asked, answer, close }: { asked: Asked; answer: Answered | null; close: () => void }) {
  const body = { query: asked.query, params: asked.params, from: asked.from || undefined, to: asked.to || undefined, since: asked.from ? undefined : asked.since || undefined }
  const found = useQuery<{ explanation: string }, Failed>({ queryKey: ['explain', body], queryFn: () => send('POST', '/query/explain', body), gcTime: 0 })
  const e = found.data && explained(found.data.explanation)
  return (
    <Dialog title="How this is answered" close={close}>
      {found.isError ? (
        <Failure error={found.error} />
      ) : !e ? (
        <Loading what="The plan" />
      ) : (
        <div className="stack wide">
          {answer?.stats && !answer.running && answer.stats.scanned_rows > 0 && (
            <p>
              The last answer read {answer.stats.scanned_rows.toLocaleString('en')} stored rows for {count(answer.rows.length, 'row')}.
            </p>
          )}
          <section className="stack">
            <h3>Steps, the last first</h3>
            <Tree steps={e.plan} />
          </section>
          <section className="stack">
            <h3>What is read</h3>
            {e.scans.length === 0 && <p className="muted">No table of the store.</p>}
            {e.scans.map((s, i) => (
              <div key={i} className="note stack">
                <strong>{visible(s.table)}</strong>
                <Columns text={s.columns} />
                {s.prunes.length > 0 ? (
                  <>
                    <span className="small">Only these parts of it, as far as the store’s filters tell; the rest is left unread:</span>
                    <ul className="mono small">
                      {s.prunes.map((p) => (
                        <li key={p}>{visible(p)}</li>
                      ))}
                    </ul>
                  </>
                ) : (
                  <span className="small">All of it is read: bound the time, or compare a field with a value.</span>
                )}
              </div>
            ))}
          </section>
          <section className="stack">
            <h3>What the engine does not do</h3>
            {e.rest.length === 0 ? <p className="muted">Nothing: the store’s engine answers it all.</p> : <Tree steps={e.rest} />}
          </section>
          <details>
            <summary>As the engine is asked</summary>
            <pre className="mono small explain-text">{visible(e.statements.join('\n\n'))}</pre>
          </details>
        </div>
      )}
    </Dialog>
  )
}

/** few columns are listed at once. */
const few = 8

function Columns({ text }: { text: string }) {
  const all = text.split(', ').filter(Boolean)
  if (all.length <= few) return <span className="small muted">{all.length === 0 ? 'No column' : `Columns ${visible(text)}`}</span>
  return (
    <details className="small muted">
      <summary>{count(all.length, 'column')}: name those that you need with project to read less</summary>
      {visible(text)}
    </details>
  )
}

function Tree({ steps }: { steps: Step[] }) {
  return (
    <ul className="plan">
      {steps.map((s, i) => (
        <li key={i}>
          <span className="mono small">{visible(s.text)}</span>
          {s.steps.length > 0 && <Tree steps={s.steps} />}
        </li>
      ))}
    </ul>
  )
}
