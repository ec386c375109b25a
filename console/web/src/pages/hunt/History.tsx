import { useState } from 'react'
import { ago, count, lasting, visible } from '../../format'
import { Dialog, Empty } from '../../ui/parts'
import { forget, history, type Past } from './history'

/** History lists what this person asked in this browser. */
export function History({ who, choose, close }: { who: string; choose: (p: Past) => void; close: () => void }) {
  const [list, setList] = useState(() => history(who))
  return (
    <Dialog title="What you asked" close={close}>
      {list.length === 0 ? (
        <Empty title="Nothing yet">Questions that you run are listed here. They are kept in this browser only.</Empty>
      ) : (
        <div className="stack">
          <ul className="stack">
            {list.map((p) => (
              <li key={`${p.at} ${p.query}`}>
                <button type="button" className="past" onClick={() => choose(p)}>
                  <span className="mono past-text">{visible(p.query.replace(/\s*\n\s*/g, ' '))}</span>
                  <span className="muted small">
                    {ago(new Date(p.at).toISOString())}, {p.failed ? 'failed' : count(p.rows, 'row')}, {lasting(p.took)}
                    {p.since ? `, of the last ${p.since}` : ''}
                  </span>
                </button>
              </li>
            ))}
          </ul>
          <div className="row wrap">
            <span className="muted small grow">Kept in this browser only, the latest 60.</span>
            <button
              type="button"
              className="button"
              onClick={() => {
                forget(who)
                setList([])
              }}
            >
              Forget them
            </button>
          </div>
        </div>
      )}
    </Dialog>
  )
}
