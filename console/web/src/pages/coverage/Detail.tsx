// One cell of the map: what a source did then, what went missing where, and how to mend it.
import { count, lasting, quoted, visible } from '../../format'
import { Link } from '../../router'
import { Dialog, Time } from '../../ui/parts'
import { hops } from './data'
import { mend, words, type Cell, type Line } from './heat'

const places: Record<string, string> = {
  ring: 'between the kernel and the sensor', queue: 'in the sensor’s memory', spool: 'on the node’s disk', bus: 'on the hub’s bus', parse: 'where it was read',
}

export function Detail({ line, cell, step, close }: { line: Line; cell: Cell; step: number; close: () => void }) {
  const a = cell.account
  const from = new Date(cell.at).toISOString()
  const to = new Date(cell.at + step).toISOString()
  const gone = a ? hops.filter((h) => (a.missing[h] ?? 0) > 0) : []
  const advice = gone.length > 0 ? gone.map((h) => mend[h]) : cell.state === 'silent' || cell.state === 'late' ? [mend[cell.state]] : []
  const query = `health | where coverage.from >= datetime(${from}) and coverage.from < datetime(${to}) and coverage.source == ${quoted(line.source)}${line.node ? ` and k8s.node == ${quoted(line.node)}` : ''} | sort by time asc`
  return (
    <Dialog title={visible([line.node, line.source].filter(Boolean).join(', '))} close={close}>
      <div className="stack" data-detail={cell.state}>
        <p>
          <Time at={from} /> to <Time at={to} date={false} /> UTC: <strong>{words[cell.state]}</strong>.
        </p>
        {!a && !cell.gap && <p className="muted">It gave no account of that time, and none was due.</p>}
        {cell.gap && (
          <p>
            Nothing came {cell.gap.from && <>from <Time at={cell.gap.from} /></>} {cell.gap.to ? <>to <Time at={cell.gap.to} /></> : 'until now'}: what happened then is not known.
          </p>
        )}
        {a && (
          <dl className="facts">
            <dt>Seen</dt>
            <dd className="num">{count(a.seen, 'event')}</dd>
            <dt>Stored</dt>
            <dd className="num">{count(a.stored, 'event')}</dd>
            <dt>Lost</dt>
            <dd className="num">{count(a.lost, 'event')}</dd>
            <dt>Given up</dt>
            <dd className="num">{count(a.shed, 'event')}, because more came than could be handed on</dd>
            {gone.map((h) => (
              <Missing key={h} place={`${h}: ${places[h]}`} n={a.missing[h] ?? 0} />
            ))}
            <dt>Without names</dt>
            <dd className="num">{count(a.unresolved, 'event')} of containers whose pod was not known</dd>
            <dt>Slowest</dt>
            <dd className="num">{a.delay > 0 ? `${lasting(a.delay)} from happening to stored` : 'not told'}</dd>
          </dl>
        )}
        {advice.length > 0 && (
          <div>
            <h3>How to mend it</h3>
            <ul className="plain-list">
              {advice.map((t) => (
                <li key={t}>{t}</li>
              ))}
            </ul>
          </div>
        )}
        <p>
          <Link to={`/hunt?q=${encodeURIComponent(query)}`}>The accounts of that time</Link>
        </p>
      </div>
    </Dialog>
  )
}

function Missing({ place, n }: { place: string; n: number }) {
  return (
    <>
      <dt>Missing</dt>
      <dd className="num">
        {count(n, 'event')} at {place}
      </dd>
    </>
  )
}
