// What the ends of the map are called, and which group each is of.
import type { MapNode } from '../../api/schema'
import { visible } from '../../format'

export type Kind = MapNode['kind'] | 'namespace' | 'group' | 'rest'

/** words say what an end is. */
export const words: Record<Kind, string> = {
  workload: 'workload',
  pod: 'pod',
  service: 'service',
  node: 'node',
  process: 'program',
  account: 'service account',
  user: 'person or client',
  system: 'control plane',
  resource: 'API objects',
  apiserver: 'control plane',
  external: 'outside',
  address: 'address',
  unknown: 'unknown address',
  elsewhere: 'not yours to see',
  namespace: 'namespace',
  group: 'cluster',
  rest: 'and others',
}

export function labelOf(n: MapNode): string {
  switch (n.kind) {
    case 'external':
    case 'unknown':
      return visible(n.address && /\/\d+$/.test(n.name) ? n.address : n.name)
    case 'system':
      return visible(n.name.replace(/^system:/, ''))
    case 'workload':
      return visible(n.name.replace(/^[^/]*\//, ''))
    case 'elsewhere':
      return 'elsewhere'
  }
  return visible(n.name)
}

/** kindOf says what an end is, as exactly as its name allows. */
export function kindOf(n: MapNode): string {
  if (n.kind === 'workload') return n.name.split('/')[0] ?? words.workload
  if (n.kind === 'resource' && !n.namespace) return 'cluster-wide objects'
  if (n.owner) return visible(n.owner)
  return words[n.kind]
}

export interface Group {
  id: string
  label: string
  kind: Kind
}

/** groupOf is what stands for an end where things are looked at from afar: its namespace, a part of the cluster, or itself. */
export function groupOf(n: MapNode, clusters: boolean): Group {
  const where = clusters && n.cluster ? `${visible(n.cluster)} / ` : ''
  if (n.namespace) return { id: `ns|${n.cluster ?? ''}|${n.namespace}`, label: where + visible(n.namespace), kind: 'namespace' }
  switch (n.kind) {
    case 'node':
    case 'process':
      return { id: `in|${n.cluster ?? ''}|nodes`, label: `${where}Nodes`, kind: 'group' }
    case 'system':
    case 'apiserver':
      return { id: `in|${n.cluster ?? ''}|control`, label: `${where}Control plane`, kind: 'group' }
    case 'resource':
      return { id: `in|${n.cluster ?? ''}|wide`, label: `${where}Cluster-wide objects`, kind: 'group' }
  }
  return { id: n.id, label: labelOf(n), kind: n.kind }
}

/** isGroup says whether a place of the address is a group, and not a single end. */
export function isGroup(at: string): boolean {
  return at.startsWith('ns|') || at.startsWith('in|')
}

/** close are the ends whose parts the server tells when it is asked. */
export function hasParts(n: MapNode): boolean {
  return n.kind === 'workload' || n.kind === 'node' || n.kind === 'external' || n.kind === 'unknown'
}
