import { useMutation } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { Failed, send } from '../../api/client'
import type { MadeToken, Role } from '../../api/schema'
import { Dialog, Failure } from '../../ui/parts'

const roles: { role: Role; for: string }[] = [
  { role: 'viewer', for: 'reads' },
  { role: 'analyst', for: 'asks questions' },
  { role: 'responder', for: 'decides' },
  { role: 'admin', for: 'does everything' },
  { role: 'sensor', for: 'lets node sensors enroll' },
  { role: 'agent', for: 'lets a cluster’s agent report' },
]

const lives: { days: number; name: string }[] = [
  { days: 1, name: 'a day' },
  { days: 30, name: '30 days' },
  { days: 90, name: '90 days' },
  { days: 365, name: 'a year' },
  { days: 0, name: 'until it is revoked' },
]

/** names reads a list of names with spaces or commas between them. */
function names(text: string): string[] {
  return text.split(/[\s,]+/).filter(Boolean)
}

export function NewToken({ close, made }: { close: () => void; made: (t: MadeToken) => void }) {
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role>('analyst')
  const [clusters, setClusters] = useState('')
  const [namespaces, setNamespaces] = useState('')
  const [cluster, setCluster] = useState('')
  const [node, setNode] = useState('')
  const [days, setDays] = useState(90)
  const machine = role === 'agent' || role === 'sensor'
  const make = useMutation<MadeToken, Failed>({
    mutationFn: () => {
      const scope = { ...(names(clusters).length > 0 && { clusters: names(clusters) }), ...(names(namespaces).length > 0 && { namespaces: names(namespaces) }) }
      return send<MadeToken>('POST', '/tokens', {
        name: name.trim(),
        role,
        seconds: days * 86_400,
        ...(machine && { cluster: cluster.trim(), ...(node.trim() && role === 'sensor' && { node: node.trim() }) }),
        ...(!machine && role !== 'admin' && Object.keys(scope).length > 0 && { scope }),
      })
    },
    onSuccess: made,
  })
  const submit = (e: FormEvent) => {
    e.preventDefault()
    make.mutate()
  }
  return (
    <Dialog title="New token" close={close}>
      <form className="stack" onSubmit={submit}>
        <label className="labelled">
          For whom or what
          <input className="field full" required maxLength={100} value={name} onChange={(e) => setName(e.target.value)} />
        </label>
        <label className="labelled">
          Role
          <select className="field" value={role} onChange={(e) => setRole(e.target.value as Role)}>
            {roles.map((r) => (
              <option key={r.role} value={r.role}>
                {r.role}: {r.for}
              </option>
            ))}
          </select>
        </label>
        {machine && (
          <label className="labelled">
            Cluster that it is for
            <input className="field full" required value={cluster} onChange={(e) => setCluster(e.target.value)} />
          </label>
        )}
        {role === 'sensor' && (
          <label className="labelled">
            The one node that it is for; empty for all of the cluster
            <input className="field full" value={node} onChange={(e) => setNode(e.target.value)} />
          </label>
        )}
        {!machine && role !== 'admin' && (
          <>
            <label className="labelled">
              Only these clusters; empty for all, name* for all that begin so
              <input className="field full" value={clusters} onChange={(e) => setClusters(e.target.value)} />
            </label>
            <label className="labelled">
              Only these namespaces; empty for all
              <input className="field full" value={namespaces} onChange={(e) => setNamespaces(e.target.value)} />
            </label>
          </>
        )}
        <label className="labelled">
          Good for
          <select className="field" value={days} onChange={(e) => setDays(Number(e.target.value))}>
            {lives.map((l) => (
              <option key={l.days} value={l.days}>
                {l.name}
              </option>
            ))}
          </select>
        </label>
        {make.isError && <Failure error={make.error} />}
        <div>
          <button type="submit" className="button main-action" disabled={make.isPending || !name.trim()}>
            Make the token
          </button>
        </div>
      </form>
    </Dialog>
  )
}
