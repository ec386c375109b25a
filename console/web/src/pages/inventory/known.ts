// From rows to things: what the inventory told, or, without one, what requests reveal.
import type { Row } from '../../api/client'
import { inOrder, key, thing, userOf, whoIs, type Kind, type Thing } from './things'

export const text = (v: unknown): string => (typeof v === 'string' ? v : v === null || v === undefined ? '' : String(v))
export const texts = (v: unknown): string[] => (Array.isArray(v) ? v.map(text) : [])

/** Snapshot is what there was at a moment. */
export interface Snapshot {
  /** told is where it is from; "nothing" where neither is. */
  told: 'inventory' | 'audit' | 'nothing'
  lists: Record<Kind, Thing[]>
  bindings: Binding[]
  /** part says that there is more than was read. */
  part: boolean
}

export interface Binding {
  cluster: string
  namespace: string
  name: string
  role: string
  roleKind: string
  subjects: { kind: string; name: string; namespace: string }[]
}

/** kindOf is the list that objects of a resource stand in. */
export const kindOf: Record<string, Kind | undefined> = {
  nodes: 'nodes', namespaces: 'namespaces', pods: 'pods', serviceaccounts: 'accounts', roles: 'roles', clusterroles: 'roles',
  deployments: 'workloads', statefulsets: 'workloads', daemonsets: 'workloads', replicasets: 'workloads', replicationcontrollers: 'workloads', jobs: 'workloads', cronjobs: 'workloads',
}

const whats: Record<string, string> = {
  nodes: 'Node', namespaces: 'Namespace', pods: 'Pod', serviceaccounts: 'ServiceAccount', roles: 'Role', clusterroles: 'ClusterRole', deployments: 'Deployment', statefulsets: 'StatefulSet',
  daemonsets: 'DaemonSet', jobs: 'Job', cronjobs: 'CronJob',
}

/** fromInventory makes things of the rows of objects. What an owner controls is shown as its owner's. */
export function fromInventory(found: Row[]): Thing[] {
  const out: Thing[] = []
  for (const r of found) {
    const kind = kindOf[text(r['type'])]
    if (!kind || (kind === 'workloads' && text(r['owner']))) continue
    const workload = text(r['workload'])
    out.push(
      thing(kind, {
        what: text(r['kind']), cluster: text(r['cluster']), namespace: text(r['namespace']), name: text(r['name']), uid: text(r['uid']),
        phase: r['deleting'] ? 'Terminating' : text(r['phase']), created: text(r['created']), node: kind === 'pods' ? text(r['node']) : '', account: kind === 'accounts' ? '' : text(r['account']),
        workload: kind === 'pods' && workload ? `${text(r['workload_kind'])}/${workload}` : '', images: texts(r['images']), addresses: texts(r['ips']), containers: texts(r['containers']), hostNetwork: r['host'] === true,
      }),
    )
  }
  return out
}

/** fromRequests makes things of what requests were about, those left out that were deleted since. */
export function fromRequests(found: Row[], written: Row[]): Thing[] {
  const wrote = new Map(written.map((r) => [[text(r['cluster']), text(r['type']), text(r['namespace']), text(r['name'])].join('\n'), r]))
  const out: Thing[] = []
  for (const r of found) {
    const type = text(r['type'])
    const kind = kindOf[type]
    const made = text(r['made'])
    const removed = text(r['removed'])
    if (!kind || (removed && removed >= made)) continue
    const more = wrote.get([text(r['cluster']), type, text(r['namespace']), text(r['name'])].join('\n'))
    const workload = text(r['workload'])
    const account = text(more?.['account'])
    const node = texts(r['nodes'])[0] ?? ''
    out.push(
      thing(kind, {
        what: whats[type] ?? type, cluster: text(r['cluster']), namespace: kind === 'namespaces' || kind === 'nodes' ? '' : text(r['namespace']), name: text(r['name']), created: made,
        node: kind === 'pods' ? node.replace('system:node:', '') : '', account: account && kind === 'pods' ? `${text(r['namespace'])}/${account}` : '', workload: kind === 'pods' && workload ? `${text(r['workload_kind'])}/${workload}` : '',
        images: texts(more?.['images']), requests: Number(r['requests'] ?? 0), first: text(r['first']), last: text(r['last']), told: 'audit',
      }),
    )
  }
  return out
}

export function bindingsOf(found: Row[]): Binding[] {
  return found.map((r) => ({
    cluster: text(r['cluster']), namespace: text(r['namespace']), name: text(r['name']), role: text(r['role']), roleKind: text(r['role_kind']),
    subjects: (Array.isArray(r['subjects']) ? (r['subjects'] as Row[]) : []).map((s) => ({ kind: text(s['kind']), name: text(s['name']), namespace: text(s['namespace']) })),
  }))
}

/** subjectUser is the user name that a subject means; groups keep theirs. */
export function subjectUser(s: Binding['subjects'][number], namespace: string): string {
  return s.kind === 'ServiceAccount' ? userOf(`${s.namespace || namespace}/${s.name}`) : s.name
}

/** accounts joins the service accounts that there are, those who called, and those whom a binding names. */
export function accounts(listed: Thing[], callers: Row[], bindings: Binding[], only: string): Thing[] {
  const of = new Map<string, Thing>()
  const at = (cluster: string, user: string) => `${cluster}\n${user}`
  for (const t of listed) of.set(at(t.cluster, userOf(`${t.namespace}/${t.name}`)), { ...t, name: userOf(`${t.namespace}/${t.name}`) })
  const clusters = new Set(listed.map((t) => t.cluster))
  // Requests of a log that names no cluster are of the only one there is.
  const home = clusters.size === 1 ? ([...clusters][0] ?? '') : only
  for (const r of callers) {
    const user = text(r['user'])
    const cluster = text(r['cluster']) || home
    const had = of.get(at(cluster, user)) ?? thing('accounts', { what: whoIs(user), cluster, name: user, namespace: /^system:serviceaccount:([^:]+):/.exec(user)?.[1] ?? '', told: 'audit' })
    of.set(at(cluster, user), { ...had, requests: Number(r['requests'] ?? 0), refused: Number(r['refused'] ?? 0), first: text(r['first']), last: text(r['last']), addresses: texts(r['addresses']) })
  }
  for (const b of bindings) {
    for (const s of b.subjects) {
      const user = subjectUser(s, b.namespace)
      if (!user) continue
      const had = of.get(at(b.cluster, user)) ?? thing('accounts', { what: s.kind === 'Group' ? 'Group' : whoIs(user), cluster: b.cluster, name: user, namespace: s.kind === 'ServiceAccount' ? s.namespace || b.namespace : '' })
      const role = `${b.roleKind}/${b.role}`
      if (!had.bound.includes(role)) had.bound.push(role)
      of.set(at(b.cluster, user), had)
    }
  }
  return [...of.values()]
}

/** gathered completes the lists: workloads that only pods tell of, images, namespaces, nodes and clusters that something is in. */
export function gathered(all: Thing[], who: Thing[], bindings: Binding[], told: Snapshot['told'], part: boolean): Snapshot {
  const lists: Record<Kind, Map<string, Thing>> = { clusters: new Map(), nodes: new Map(), namespaces: new Map(), workloads: new Map(), pods: new Map(), images: new Map(), accounts: new Map(), roles: new Map() }
  const put = (t: Thing) => {
    const k = key(t)
    if (!lists[t.kind].has(k)) lists[t.kind].set(k, t)
    return lists[t.kind].get(k) as Thing
  }
  for (const t of all) if (t.kind !== 'accounts') put(t)
  for (const t of who) put(t)
  for (const t of all) {
    put(thing('clusters', { cluster: t.cluster, name: t.cluster, told: t.told }))
    if (t.namespace) put(thing('namespaces', { cluster: t.cluster, name: t.namespace, told: t.told }))
    if (t.node) put(thing('nodes', { cluster: t.cluster, name: t.node, told: t.told }))
    if (t.kind === 'pods' && t.workload) {
      const [what = '', name = ''] = t.workload.split('/')
      put(thing('workloads', { what, name, cluster: t.cluster, namespace: t.namespace, told: t.told }))
    }
    if (t.kind === 'pods' || t.told === 'audit') for (const name of t.images) put(thing('images', { name, cluster: t.cluster, told: t.told }))
  }
  const roles = new Map<string, string[]>()
  for (const b of bindings) {
    const k = key({ cluster: b.cluster, namespace: b.roleKind === 'Role' ? b.namespace : '', what: b.roleKind, name: b.role })
    const names = roles.get(k) ?? []
    for (const s of b.subjects) names.push(subjectUser(s, b.namespace))
    roles.set(k, names)
  }
  for (const t of lists.roles.values()) t.bound = [...new Set(roles.get(key(t)) ?? [])]
  const sorted = (list: Map<string, Thing>) => [...list.values()].sort((a, b) => inOrder(a.cluster, b.cluster) || inOrder(a.namespace, b.namespace) || inOrder(a.name, b.name))
  return { told, part, bindings, lists: Object.fromEntries(Object.entries(lists).map(([k, list]) => [k, sorted(list)])) as Record<Kind, Thing[]> }
}
