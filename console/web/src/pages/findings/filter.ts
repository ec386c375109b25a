// What the page shows is in its address: the filters of the API, and how they are shown.
import type { Params } from '../../api/client'
import { address } from '../../api/client'
import { quoted } from '../../format'

/** facets are the filters that are chosen from counted values, by their names in the API. */
export const facets = {
  level: 'Severity', status: 'Status', tactic: 'Tactic', rule: 'Rule', user: 'Who', cluster: 'Cluster', namespace: 'Namespace', workload: 'Workload', node: 'Node', assignee: 'Works on it', joined: 'Part of an incident', excluded: 'Excluded',
} as const
export type FacetName = keyof typeof facets

export const groupings = { '': 'nothing', rule: 'rule', user: 'who', cluster: 'cluster', namespace: 'namespace', workload: 'workload', node: 'node', tactic: 'tactic', level: 'severity', status: 'status', assignee: 'who works on it' } as const

/** groupingOf is what an address groups by; nothing where it names what there is no grouping by. */
export function groupingOf(search: URLSearchParams): keyof typeof groupings {
  const by = search.get('by') ?? ''
  return Object.hasOwn(groupings, by) ? (by as keyof typeof groupings) : ''
}

/** none stands for what a finding has not. */
export const none = '-'

/** single are the filters that have one value. */
const single = ['text', 'since', 'until', 'severity', 'incident'] as const

/** Filter is what the API is asked for. */
export type Filter = Params

/** values are what is chosen of a facet; several stand one on a line in the address. */
export function values(search: URLSearchParams, name: string): string[] {
  return search.getAll(name).flatMap((v) => v.split('\n')).filter(Boolean)
}

export function filterOf(search: URLSearchParams): Filter {
  const out: Filter = {}
  for (const name of single) if (search.get(name)) out[name] = search.get(name) ?? ''
  for (const name of Object.keys(facets)) {
    const chosen = values(search, name)
    if (chosen.length > 0) out[name] = chosen
  }
  return out
}

/** filterText is a filter as the API takes it in a document. */
export function filterText(f: Filter): string {
  return address('', f).split('?')[1] ?? ''
}

/** filterWords says a filter in words. */
export function filterWords(f: Filter): string {
  return Object.entries(f).map(([name, v]) => `${facets[name as FacetName] ?? name}: ${Array.isArray(v) ? v.join(' or ') : String(v)}`).join(' · ') || 'all findings'
}

/** columns are what the facets are called in KQL; the rest is known to lists only. */
const columns: Record<string, string> = { level: 'severity', rule: 'finding_info.analytic.uid', user: 'actor.user.name', cluster: 'k8s.cluster', namespace: 'k8s.namespace', workload: 'k8s.workload', node: 'k8s.node', incident: 'incident.uid' }

/** kqlOf writes a filter as a question, as near as KQL has it: what was decided about findings it does not know. */
export function kqlOf(f: Filter): string {
  const where: string[] = []
  for (const [name, v] of Object.entries(f)) {
    const list = (Array.isArray(v) ? v : [String(v ?? '')]).map((x) => (x === none ? '' : x))
    const column = columns[name]
    if (column) where.push(`${column} in (${list.map(quoted).join(', ')})`)
    if (name === 'tactic') where.push(`(${list.map((t) => `set_has_element(attacks.tactics, ${quoted(t)})`).join(' or ')})`)
    if (name === 'joined' && list.length === 1) where.push(`${list[0] === 'yes' ? 'isnotempty' : 'isempty'}(incident.uid)`)
    if (name === 'text') for (const word of String(v).split(/\s+/).filter(Boolean)) where.push(`(finding_info.title contains ${quoted(word)} or actor.user.name contains ${quoted(word)} or finding_info.about contains ${quoted(word)} or k8s.workload contains ${quoted(word)})`)
    if (name === 'since' || name === 'until') where.push(`last_seen_time ${name === 'since' ? '>=' : '<='} ${/^\d+[mhd]$/.test(String(v)) ? `ago(${String(v)})` : `datetime(${String(v)})`}`)
    if (name === 'excluded' && list.length === 1) where.push(list[0] === 'yes' ? 'is_excluded == true' : '(isnull(is_excluded) or is_excluded == false)')
  }
  return ['finding', ...where.map((w) => `| where ${w}`), '| sort by last_seen_time desc'].join('\n')
}
