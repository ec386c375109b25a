// Clusters and their agents, nodes and what they run, and how more of them come.
import { useQuery } from '@tanstack/react-query'
import { Failed, get } from '../../api/client'
import type { Cluster, Node, NodeSet } from '../../api/schema'
import { ago, count, visible } from '../../format'
import { limited, may, useWho } from '../../session'
import { Empty, Failure, Loading, Panel, Time } from '../../ui/parts'

export function Fleet() {
  const who = useWho()
  return (
    <>
      <Clusters />
      {!limited(who) && <Nodes />}
      {!limited(who) && <Enrol />}
    </>
  )
}

function Clusters() {
  const list = useQuery<Cluster[], Failed>({ queryKey: ['settings', 'clusters'], queryFn: async ({ signal }) => (await get<{ clusters: Cluster[] }>('/clusters', {}, signal)).clusters, refetchInterval: 30_000 })
  return (
    <Panel title="Clusters" flat>
      {list.isPending ? (
        <Loading what="The clusters" />
      ) : list.isError ? (
        <Failure error={list.error} again={() => void list.refetch()} />
      ) : list.data.length === 0 ? (
        <Empty title="No cluster reports what it contains">Events of audit logs come without: they name a cluster only where lynceus up was told one.</Empty>
      ) : (
        <div className="scroll-x">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">Cluster</th>
                <th scope="col">Kubernetes</th>
                <th scope="col">Agent</th>
                <th scope="col">Known since</th>
              </tr>
            </thead>
            <tbody>
              {list.data.map((c) => (
                <tr key={c.uid}>
                  <td>
                    {visible(c.name)} <div className="muted small mono">{visible(c.uid)}</div>
                  </td>
                  <td className="small">{visible(c.kubernetes_version ?? '') || 'not known'}</td>
                  <td className="small">
                    {c.agent ? `last heard of ${ago(c.agent.last_seen)}` : 'not heard of since the server started'}
                    {c.agent_version && <div className="muted">version {visible(c.agent_version)}</div>}
                    {(c.agent?.unseen.length ?? 0) > 0 && <div className="status-open">{count(c.agent?.unseen.length ?? 0, 'kind of object', 'kinds of objects')} that it does not see</div>}
                  </td>
                  <td className="small">
                    <Time at={c.first_seen} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  )
}

/** Absent says that a part is not there, which is no failure: most servers have no gate. */
function Absent({ error, title }: { error: Failed; title: string }) {
  if (error.code === 'unavailable') return <Empty title={title}>Other machines are let in with lynceus up --gate ADDRESS. A sensor of this machine is the server’s own.</Empty>
  return <Failure error={error} />
}

function Nodes() {
  const who = useWho()
  const list = useQuery<Node[], Failed>({ queryKey: ['settings', 'nodes'], queryFn: async ({ signal }) => (await get<{ nodes: Node[] }>('/nodes', {}, signal)).nodes, refetchInterval: 30_000, retry: false })
  return (
    <>
    <Panel title="Sensors and agents at the gate" flat>
      {list.isPending ? (
        <Loading what="The nodes" />
      ) : list.isError ? (
        <Absent error={list.error} title="This server lets no other machines in" />
      ) : list.data.length === 0 ? (
        <Empty title="None came yet">Other machines are let in with lynceus up --gate ADDRESS. A sensor of this machine is the server’s own.</Empty>
      ) : (
        <div className="scroll-x">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">Where</th>
                <th scope="col">State</th>
                <th scope="col">Program</th>
                <th scope="col">Rules</th>
                <th scope="col">Policies</th>
              </tr>
            </thead>
            <tbody>
              {list.data.map((n) => (
                <tr key={`${n.cluster} ${n.kind} ${n.node}`}>
                  <td>
                    {visible(n.node || `agent of ${n.cluster}`)} <div className="muted small">{visible(n.cluster)}</div>
                  </td>
                  <td className="small">
                    <span className={n.connected ? 'status-closed' : 'status-open'}>
                      <span aria-hidden="true">{n.connected ? '●' : '○'}</span> {n.connected ? 'connected' : 'away'}
                    </span>{' '}
                    {n.last_seen && <span className="muted">{ago(n.last_seen)}</span>}
                    {n.status && <div>{visible(n.status)}</div>}
                    {n.behind && <div className="status-open">{visible(n.behind)}</div>}
                  </td>
                  <td className="small">{visible(n.version) || 'not known'}</td>
                  <td className="small">
                    <Version has={n.rules} wants={n.wanted_rules} />
                  </td>
                  <td className="small">
                    <Version has={n.policy} wants={n.wanted_policy} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
    {may(who, 'analyst') && (list.data?.length ?? 0) > 0 && <Sets />}
    </>
  )
}

function Version({ has, wants }: { has: string; wants: string }) {
  return (
    <>
      <span className="mono">{visible(has) || 'none'}</span>
      {wants && wants !== has && <div className="status-open">is to run {visible(wants)}</div>}
    </>
  )
}

function Sets() {
  const list = useQuery<NodeSet[], Failed>({ queryKey: ['settings', 'sets'], queryFn: async ({ signal }) => (await get<{ sets: NodeSet[] }>('/nodes/sets', {}, signal)).sets, retry: false })
  if (list.isError && list.error.code === 'unavailable') return null
  return (
    <Panel title="What nodes are to run" flat>
      {list.isPending ? (
        <Loading what="What nodes are to run" />
      ) : list.isError ? (
        <Failure error={list.error} />
      ) : list.data.length === 0 ? (
        <Empty title="Nobody said what nodes are to run">They run what they were started with. lynceus nodes set gives them rules and policies.</Empty>
      ) : (
        <ul className="cards">
          {list.data.map((s) => (
            <li key={s.cluster} className="card">
              <div className="grow stack">
                <strong>{s.cluster ? visible(s.cluster) : 'All clusters without a set of their own'}</strong>
                <div className="small">
                  {s.rules === null ? 'Nothing is said of rules' : `${count(Object.keys(s.rules).length, 'file')} of rules, version ${s.rules_version || 'none'}`}
                  {s.builtin && ', and those that come with Lynceus'}. {s.policies === null ? 'Nothing is said of policies.' : `${count(Object.keys(s.policies).length, 'file')} of policies, version ${s.policy_version || 'none'}.`}
                </div>
                {s.reason && <div>{visible(s.reason)}</div>}
              </div>
              <div className="card-time small muted">
                {visible(s.author)}
                <div>
                  <Time at={s.since} />
                </div>
              </div>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

function Enrol() {
  return (
    <Panel title="How another one comes">
      <ol className="plain-list numbered">
        <li>
          An admin makes a token with the role sensor (for node sensors) or agent (for what a cluster contains), here under Tokens or with <code>lynceus token create --role sensor --cluster NAME</code>.
        </li>
        <li>
          The token goes into a secret of the cluster, beside the chart in <code>deploy/</code>, or to <code>lynceus-sensor --hub</code> and <code>lynceus agent --hub</code>.
        </li>
        <li>It stands in the lists above as soon as it was let in. Each gets a certificate of its own, which it renews by itself.</li>
      </ol>
    </Panel>
  )
}
