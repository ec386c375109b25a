// The columns of each list, and by what it is narrowed.
import type { ReactNode } from 'react'
import { nameOf, visible } from '../../format'
import { levels, Mark, Time } from '../../ui/parts'
import type { Known } from './data'
import { running, uniques } from './relations'
import { type Kind, type Thing } from './things'

export interface Column {
  name: string
  /** show is what stands in the cell, sort what it is ordered by. */
  show: (t: Thing, k: Known) => ReactNode
  sort?: (t: Thing, k: Known) => string | number
  /** width is a class; narrow screens leave out what is wide-only. */
  size: 'grow' | 'w-s' | 'w-m' | 'w-l'
  wide?: boolean
  number?: boolean
}

export interface Facet {
  name: string
  title: string
  of: (t: Thing) => string[]
}

const one = (v: string) => (v ? [v] : [])

/** shorten leaves the name and tag of an image. */
export function shorten(image: string): string {
  return visible(image.slice(image.lastIndexOf('/') + 1))
}

function several(values: string[]): ReactNode {
  return values.length === 0 ? '' : values.length === 1 ? visible(values[0] ?? '') : <span title={values.slice(0, 40).map(visible).join('\n')}>{`${visible(values[0] ?? '')} +${values.length - 1}`}</span>
}

const n = (v: number) => (v > 0 ? v.toLocaleString('en') : '')

const cluster: Column = { name: 'Cluster', show: (t) => visible(t.cluster), sort: (t) => t.cluster, size: 'w-m', wide: true }
const namespace: Column = { name: 'Namespace', show: (t) => visible(t.namespace), sort: (t) => t.namespace, size: 'w-m' }
const since: Column = { name: 'Since', show: (t) => (t.created ? <Time at={t.created} /> : ''), sort: (t) => t.created, size: 'w-l', wide: true }
const pods: Column = { name: 'Pods', show: (t, k) => n(running(k.relations.podsOf(t)).length), sort: (t, k) => running(k.relations.podsOf(t)).length, size: 'w-s', number: true }
const findings: Column = {
  name: 'Findings',
  show: (t, k) => {
    const f = k.findings(t)
    const level = f && levels[5 - f.worst]
    return level ? (
      <span className="row findings-cell" title={`${f.n} findings, the gravest ${level}`}>
        <Mark level={level} />
        {f.n.toLocaleString('en')}
        <span className="hidden">, the gravest {level}</span>
      </span>
    ) : (
      ''
    )
  },
  sort: (t, k) => {
    const f = k.findings(t)
    return f ? f.worst * 1e6 + f.n : 0
  },
  size: 'w-s',
}
const images: Column = { name: 'Images', show: (t) => several(t.images.map(shorten)), sort: (t) => t.images[0] ?? '', size: 'w-l', wide: true }

function counted(name: string, of: (t: Thing, k: Known) => number): Column {
  return { name, show: (t, k) => n(of(t, k)), sort: of, size: 'w-s', number: true, wide: true }
}

const inNamespace = (kind: Kind) => counted({ workloads: 'Workloads', accounts: 'Accounts' }[kind as string] ?? kind, (t, k) => k.snapshot.lists[kind].filter((o) => o.cluster === t.cluster && o.namespace === t.name).length)
const inCluster = (kind: Kind, title: string) => counted(title, (t, k) => k.snapshot.lists[kind].filter((o) => o.cluster === t.cluster).length)

export const columns: Record<Kind, Column[]> = {
  clusters: [inCluster('nodes', 'Nodes'), inCluster('namespaces', 'Namespaces'), inCluster('workloads', 'Workloads'), pods, inCluster('accounts', 'Accounts')],
  nodes: [
    findings,
    { name: 'State', show: (t) => visible(t.phase), sort: (t) => t.phase, size: 'w-m' },
    pods,
    counted('Containers', (t, k) => running(k.relations.podsOf(t)).reduce((sum, p) => sum + p.containers.length, 0)),
    { name: 'Addresses', show: (t) => several(t.addresses), size: 'w-l', wide: true },
    since,
    cluster,
  ],
  namespaces: [findings, inNamespace('workloads'), pods, inNamespace('accounts'), since, cluster],
  workloads: [
    findings,
    namespace,
    { name: 'Kind', show: (t) => visible(t.what), sort: (t) => t.what, size: 'w-m', wide: true },
    pods,
    counted('Nodes', (t, k) => uniques(running(k.relations.podsOf(t)).map((p) => p.node)).length),
    { name: 'Account', show: (t, k) => several(uniques(k.relations.podsOf(t).map((p) => p.account))), size: 'w-l', wide: true },
    images,
    cluster,
  ],
  pods: [
    findings,
    namespace,
    { name: 'State', show: (t) => visible(t.phase), sort: (t) => t.phase, size: 'w-m', wide: true },
    { name: 'Workload', show: (t) => <span title={visible(t.workload)}>{visible(t.workload.slice(t.workload.indexOf('/') + 1))}</span>, sort: (t) => t.workload, size: 'w-l', wide: true },
    { name: 'Node', show: (t) => visible(t.node), sort: (t) => t.node, size: 'w-m', wide: true },
    images,
    since,
    cluster,
  ],
  images: [
    pods,
    counted('Workloads', (t, k) => uniques(k.relations.podsOf(t).map((p) => `${p.namespace}/${p.workload}`)).length),
    { name: 'Namespaces', show: (t, k) => several(uniques(k.relations.podsOf(t).map((p) => p.namespace))), size: 'w-l' },
    { name: 'Oldest pod', show: (t, k) => { const first = uniques(k.relations.podsOf(t).map((p) => p.created))[0]; return first ? <Time at={first} /> : '' }, size: 'w-l', wide: true },
    cluster,
  ],
  accounts: [
    findings,
    { name: 'Kind', show: (t) => accountKinds[t.what] ?? t.what, sort: (t) => t.what, size: 'w-m' },
    pods,
    { name: 'Roles', show: (t) => several(t.bound.map((r) => r.slice(r.indexOf('/') + 1))), sort: (t) => t.bound.length, size: 'w-l', wide: true },
    { ...counted('Requests', (t) => t.requests), wide: false },
    counted('Refused', (t) => t.refused),
    { name: 'Last seen', show: (t) => (t.last ? <Time at={t.last} /> : <span className="muted">not seen</span>), sort: (t) => t.last, size: 'w-l', wide: true },
    cluster,
  ],
  roles: [
    namespace,
    { name: 'Kind', show: (t) => t.what, sort: (t) => t.what, size: 'w-m', wide: true },
    { name: 'Bound to', show: (t) => several(t.bound.map(nameOf)), sort: (t) => t.bound.length, size: 'w-l' },
    since,
    cluster,
  ],
}

export const accountKinds: Record<string, string> = { ServiceAccount: 'service account', Person: 'person or tool', Node: 'node', System: 'of the cluster', Group: 'group' }

const byCluster: Facet = { name: 'in', title: 'Cluster', of: (t) => one(t.cluster) }
const byNamespace: Facet = { name: 'namespace', title: 'Namespace', of: (t) => one(t.namespace) }
const byWhat: Facet = { name: 'what', title: 'Kind', of: (t) => one(t.kind === 'accounts' ? (accountKinds[t.what] ?? t.what) : t.what) }
const byState: Facet = { name: 'state', title: 'State', of: (t) => one(t.phase) }
const byNode: Facet = { name: 'node', title: 'Node', of: (t) => one(t.node) }

export const facets: Record<Kind, Facet[]> = {
  clusters: [],
  nodes: [byState, byCluster],
  namespaces: [byCluster],
  workloads: [byWhat, byNamespace, byCluster],
  pods: [byState, byNamespace, byNode, { name: 'network', title: 'Network', of: (t) => (t.hostNetwork ? ["the node's"] : []) }, byCluster],
  images: [{ name: 'registry', title: 'Registry', of: (t) => [t.name.includes('/') ? t.name.slice(0, t.name.indexOf('/')) : 'none named'] }, byCluster],
  accounts: [
    byWhat,
    { name: 'seen', title: 'Asked for anything', of: (t) => [t.requests > 0 ? (t.refused > 0 ? 'yes, and was refused' : 'yes') : 'no'] },
    { name: 'roles', title: 'Role', of: (t) => t.bound.map((r) => r.slice(r.indexOf('/') + 1)) },
    byNamespace,
    byCluster,
  ],
  roles: [byWhat, { name: 'bound', title: 'Bound', of: (t) => [t.bound.length > 0 ? 'to somebody' : 'to nobody'] }, byNamespace, byCluster],
}

/** matches says whether a text stands in what a list shows of a thing. */
export function matches(t: Thing, wanted: string): boolean {
  return [t.name, t.namespace, t.node, t.workload, t.account, t.phase, t.what, ...t.images, ...t.addresses, ...t.bound].some((v) => v.toLowerCase().includes(wanted))
}

