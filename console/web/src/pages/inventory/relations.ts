// What belongs to what, and what was found about it.
import type { Row } from '../../api/client'
import { kindOf, text, type Snapshot } from './known'
import { ended, key, userOf, type Thing } from './things'

export interface Relations {
  /** podsOf are the pods of a workload, node, namespace, image, account or cluster, by name in its cluster. */
  podsOf: (t: Thing) => Thing[]
  /** within are the things of a list in a namespace or cluster. */
  find: (t: Pick<Thing, 'kind' | 'cluster' | 'namespace' | 'what' | 'name'>) => Thing | undefined
}

const join = (...parts: string[]) => parts.join('\n')

export function relate(s: Snapshot): Relations {
  const pods = new Map<string, Thing[]>()
  const put = (k: string, t: Thing) => {
    const list = pods.get(k)
    if (list) list.push(t)
    else pods.set(k, [t])
  }
  for (const p of s.lists.pods) {
    put(join('clusters', p.cluster), p)
    put(join('namespaces', p.cluster, p.namespace), p)
    if (p.node) put(join('nodes', p.cluster, p.node), p)
    if (p.workload) put(join('workloads', p.cluster, p.namespace, p.workload), p)
    if (p.account) put(join('accounts', p.cluster, userOf(p.account)), p)
    for (const image of p.images) put(join('images', p.cluster, image), p)
  }
  const of = (t: Thing): string => {
    switch (t.kind) {
      case 'clusters':
        return join('clusters', t.cluster)
      case 'workloads':
        return join('workloads', t.cluster, t.namespace, `${t.what}/${t.name}`)
      default:
        return join(t.kind, t.cluster, t.name)
    }
  }
  const all = new Map<string, Thing>()
  for (const list of Object.values(s.lists)) for (const t of list) all.set(join(t.kind, key(t)), t)
  return { podsOf: (t) => pods.get(of(t)) ?? [], find: (t) => all.get(join(t.kind, key(t))) }
}

/** running are the pods that have not run to their end. */
export function running(pods: Thing[]): Thing[] {
  return pods.filter((p) => !ended(p))
}

/** uniques are the different values, in order. */
export function uniques(values: string[]): string[] {
  return [...new Set(values.filter(Boolean))].sort()
}

/** Found is how many findings there are about a thing, and the number of the gravest severity. */
export interface Found {
  n: number
  worst: number
}

/** subject is the thing that a finding says it is about: "shop/deployments/web", "nodes/worker-1". */
function subject(about: string): readonly [string, string, string] {
  const parts = about.split('/')
  const name = parts[parts.length - 1] ?? ''
  const kind = kindOf[parts[parts.length - 2] ?? '']
  if (kind === 'pods' || kind === 'workloads') return [kind, parts[0] ?? '', name]
  return kind === 'nodes' ? [kind, '', name] : ['', '', '']
}

/** findingsOf adds findings up by what they are about. */
export function findingsOf(found: Row[]): (t: Thing) => Found | undefined {
  const of = new Map<string, Found>()
  const add = (k: string, n: number, worst: number) => {
    const had = of.get(k)
    of.set(k, had ? { n: had.n + n, worst: Math.max(had.worst, worst) } : { n, worst })
  }
  for (const r of found) {
    const n = Number(r['n'] ?? 0)
    const worst = Number(r['worst'] ?? 0)
    const namespace = text(r['namespace'])
    const keys = new Set<string>()
    for (const [kind, place, name] of [
      ['namespaces', '', namespace],
      ['workloads', namespace, text(r['workload'])],
      ['pods', namespace, text(r['pod'])],
      ['nodes', '', text(r['node'])],
      ['accounts', '', text(r['user'])],
      subject(text(r['about'])),
    ] as const) {
      if (name) keys.add(join(kind, place, name))
    }
    for (const k of keys) add(k, n, worst)
  }
  return (t) => of.get(join(t.kind, t.kind === 'workloads' || t.kind === 'pods' ? t.namespace : '', t.name))
}
