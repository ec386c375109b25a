// The question in KQL that gives the events behind what is drawn between two ends.
import { quoted } from '../../format'
import type { MapNode } from './data'
import type { Item, Link } from './model'

type Side = 'src' | 'dst'

/** inBlock compares an address with one, or with a block of addresses. */
function inBlock(column: string, name: string): string {
  if (!/\/\d+$/.test(name)) return `${column} == ${quoted(name)}`
  return `${name.includes(':') ? 'ipv6' : 'ipv4'}_is_in_range(${column}, ${quoted(name)})`
}

function isAddress(name: string): boolean {
  return /^[\d.]+(\/\d+)?$/.test(name) || name.includes(':')
}

const own: Record<Side, string> = { src: 'connection_info.initiated != false', dst: 'connection_info.initiated == false' }

/** ofFlow is true for the flows that have an end at a side. */
function ofFlow(n: MapNode, side: Side): string {
  const end = `${side}_endpoint`
  const ns = quoted(n.namespace ?? '')
  const name = quoted(n.name)
  switch (n.kind) {
    case 'workload':
      return `(k8s.namespace == ${ns} and strcat(k8s.workload_kind, "/", k8s.workload) == ${name} and ${own[side]} or ${end}.namespace == ${ns} and ${end}.workload == ${name})`
    case 'pod':
      return `(k8s.namespace == ${ns} and k8s.pod == ${name} and ${own[side]} or ${end}.namespace == ${ns} and ${end}.name == ${name})`
    case 'service':
      return `${end}.namespace == ${ns} and ${end}.name == ${name}`
    case 'node':
      return `(k8s.node == ${name} and isempty(k8s.namespace) or ${end}.kind == "node" and ${end}.name == ${name})`
    case 'process':
      return `actor.process.name == ${name} and isempty(k8s.namespace)`
    case 'apiserver':
      return `${end}.kind == "apiserver"`
    case 'external':
    case 'unknown':
    case 'address':
      if (!isAddress(n.name)) return side === 'dst' ? `dst_endpoint.hostname == ${name}` : 'true'
      return inBlock(`${end}.ip`, n.address ?? n.name)
  }
  return 'true'
}

/** userOf is the name by which somebody signs in. */
function userOf(n: MapNode): string {
  if (n.kind === 'account') return `system:serviceaccount:${n.namespace}:${n.name}`
  return n.kind === 'node' ? `system:node:${n.name}` : n.name
}

/** ofRequest is true for the requests that have an end at a side; use says that the source is from where they came. */
function ofRequest(n: MapNode, side: Side, use: boolean): string {
  switch (n.kind) {
    case 'account':
    case 'user':
    case 'system':
    case 'node':
      return `actor.user.name == ${quoted(userOf(n))}`
    case 'resource': {
      const dot = n.name.indexOf('.')
      const type = n.name === 'paths of the API' ? 'isempty(resource.type)' : `resource.type == ${quoted(dot < 0 ? n.name : n.name.slice(0, dot))} and resource.group == ${quoted(dot < 0 ? '' : n.name.slice(dot + 1))}`
      return `${type} and k8s.namespace == ${quoted(n.namespace ?? '')}`
    }
    case 'workload':
      return `audit.caller_pod.namespace == ${quoted(n.namespace ?? '')} and audit.caller_pod.workload == ${quoted(n.name)}`
    case 'pod':
      return `audit.caller_pod.namespace == ${quoted(n.namespace ?? '')} and audit.caller_pod.name == ${quoted(n.name)}`
    case 'external':
    case 'address':
      return use && side === 'src' ? inBlock('src_endpoint.ip', n.address ?? n.name) : 'true'
  }
  return 'true'
}

/** ofGroup is true for what has an end in a group. */
function ofGroup(id: string, side: Side, flow: boolean): string {
  const [what, , name = ''] = id.split('|')
  if (what === 'ns') {
    if (flow) return `(k8s.namespace == ${quoted(name)} and ${own[side]} or ${side}_endpoint.namespace == ${quoted(name)})`
    return side === 'dst' ? `k8s.namespace == ${quoted(name)}` : `actor.user.name startswith ${quoted(`system:serviceaccount:${name}:`)}`
  }
  if (flow) return name === 'nodes' ? `(isempty(k8s.namespace) and ${own[side]} or ${side}_endpoint.kind == "node")` : `${side}_endpoint.kind == "apiserver"`
  if (name === 'nodes') return 'actor.user.name startswith "system:node:"'
  return name === 'wide' ? 'isempty(k8s.namespace)' : 'actor.user.name startswith "system:"'
}

/** questions are the queries for what a link stands for: one for its flows, one for its requests. */
export function questions(l: Link, src: Item, dst: Item): { words: string; query: string }[] {
  const out: { words: string; query: string }[] = []
  const kinds = new Set(l.edges.map((e) => e.kind))
  const clause = (i: Item, side: Side, flow: boolean, use: boolean) => (i.node ? (flow ? ofFlow(i.node, side) : ofRequest(i.node, side, use)) : ofGroup(i.into, side, flow))
  const where = (parts: string[]) => parts.filter((p) => p !== 'true').map((p) => `\n| where ${p}`).join('')
  const cluster = src.node?.cluster ?? dst.node?.cluster ?? src.into.split('|')[1] ?? ''
  const of = cluster ? [`k8s.cluster == ${quoted(cluster)}`] : []
  if (kinds.has('flow')) {
    out.push({
      words: 'The connections',
      query: `network${where([...of, clause(src, 'src', true, false), clause(dst, 'dst', true, false)])}\n| project time, activity, status, k8s.namespace, k8s.pod, actor.process.name, src_endpoint.ip, src_endpoint.name, dst_endpoint.ip, dst_endpoint.port, dst_endpoint.name, dst_endpoint.hostname, traffic.bytes_in, traffic.bytes_out\n| sort by time desc\n| take 500`,
    })
  }
  if (kinds.has('request') || kinds.has('use')) {
    const use = !kinds.has('request')
    // Of a use the group of its destination is that of the account, not of the object.
    const account = use && !dst.node && dst.into.startsWith('ns|') ? `actor.user.name startswith ${quoted(`system:serviceaccount:${dst.into.split('|')[2] ?? ''}:`)}` : ''
    out.push({
      words: 'The requests',
      query: `audit${where([...of, clause(src, 'src', false, use), account || clause(dst, 'dst', false, use)])}\n| project time, actor.user.name, src_endpoint.ip, api.operation, resource.type, resource.subresource, k8s.namespace, resource.name, api.response.code\n| sort by time desc\n| take 500`,
    })
  }
  return out
}
