import type { Incident } from '../../api/schema'
import type { IncidentDocument } from '../../api/documents'
import { count, listed, nameOf, visible } from '../../format'
import { may, useWho } from '../../session'
import { Pivot } from '../../ui/Pivot'
import { Failure, Loading, Panel } from '../../ui/parts'
import { useReach, type AccountReach, type PodReach } from './reach'

/** Reach says what whoever did this could go on to: how far it may have gone unseen. */
export function Reach({ incident, d }: { incident: Incident; d: IncidentDocument }) {
  const who = useWho()
  const reach = useReach(incident, d)
  if (!may(who, 'analyst')) return null
  return (
    <Panel title="What they could reach">
      {reach.isPending ? (
        <Loading what="What they could reach" lines={3} />
      ) : reach.isError ? (
        <Failure error={reach.error} again={() => void reach.refetch()} />
      ) : (
        <div className="stack" data-reach="">
          <h3>Accounts</h3>
          <ul className="plain-list">
            {reach.data.accounts.map((a) => (
              <Account key={a.account} a={a} />
            ))}
          </ul>
          {reach.data.accounts.length === 0 && <p className="muted small">It names no account.</p>}
          {reach.data.pods.length > 0 && <h3>Nodes and neighbours</h3>}
          <ul className="plain-list">
            {reach.data.pods.map((p) => (
              <Beside key={p.pod} p={p} />
            ))}
          </ul>
          {!reach.data.inventory && <p className="note small">What the cluster contained then is not known: no inventory of that time is in the store. Connect an agent, or give a recording with --inventory.</p>}
          {reach.data.inventory && reach.data.pods.length < d.pods.length && <p className="muted small">{count(d.pods.length - reach.data.pods.length, 'pod')} of it the inventory does not know.</p>}
        </div>
      )}
    </Panel>
  )
}

function Account({ a }: { a: AccountReach }) {
  return (
    <li>
      <Pivot value={nameOf(a.account)} /> <span className="muted small">{visible(a.why)}</span>
      {!a.known ? (
        <div className="small muted">What it may do is not known: no role of that time is.</div>
      ) : a.everything ? (
        <div className="small">
          <strong>Everything</strong>: no role limits it.
        </div>
      ) : a.rights === 0 ? (
        <div className="small muted">No role is bound to it.</div>
      ) : (
        <>
          <div className="row wrap small">
            {a.powers.slice(0, 8).map((p) => (
              <span key={p} className="chip">
                {visible(p)}
              </span>
            ))}
            {a.powers.length === 0 && <span className="muted">No right that leads to more than it says, of {count(a.rights, 'right')}.</span>}
          </div>
          <div className="small">
            <span className="muted">Secrets it may read:</span> {a.secrets.length > 0 ? visible(listed(a.secrets, 5)) : 'none'}
          </div>
        </>
      )}
    </li>
  )
}

function Beside({ p }: { p: PodReach }) {
  return (
    <li>
      <Pivot value={p.pod} /> <span className="small">on node {p.node ? <strong>{visible(p.node)}</strong> : 'that is not known'}</span>
      <div className="small muted" title={p.neighbours.slice(0, 40).map(visible).join('\n')}>
        {p.neighbours.length === 0 ? 'No other pod was there.' : `Beside ${count(p.neighbours.length, 'other pod')}: ${visible(listed(p.neighbours, 2))}`}
      </div>
    </li>
  )
}
