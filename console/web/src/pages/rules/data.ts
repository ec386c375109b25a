// What the rules page asks: the rules, what they can see, and what they found.
import { useQuery } from '@tanstack/react-query'
import { Failed, get, rows } from '../../api/client'
import type { AttackMatrix, AttackRule, Exclusion, Rule } from '../../api/schema'
import { limited, may, useWho } from '../../session'

export const windows = ['24h', '7d', '30d', '90d']

export function useRules() {
  return useQuery<Rule[], Failed>({ queryKey: ['rules'], queryFn: async ({ signal }) => (await get<{ rules: Rule[] }>('/rules', {}, signal)).rules, staleTime: 15_000 })
}

export function useMatrix(since: string) {
  return useQuery<AttackMatrix, Failed>({ queryKey: ['attack', since], queryFn: ({ signal }) => get<AttackMatrix>('/attack', { since }, signal), staleTime: 30_000 })
}

/** packOf is the directory in which a rule's file stands. */
export function packOf(file: string): string {
  const at = file.lastIndexOf('/')
  return at < 0 ? 'files' : file.slice(0, at)
}

export interface Line {
  rule: Rule
  pack: string
  /** sees is whether the rule sees what it looks for; undefined for one that only feeds others. */
  sees?: AttackRule
  off: boolean
  findings: number
}

/** linesOf joins rules, of which one that reads several tables is several, with what they see. */
export function linesOf(rules: Rule[], matrix: AttackMatrix | undefined): Line[] {
  const sees = new Map(matrix?.rules.map((r) => [r.id, r]))
  const done = new Set<string>()
  const out: Line[] = []
  for (const rule of rules) {
    if (done.has(rule.id)) continue
    done.add(rule.id)
    const s = sees.get(rule.id)
    out.push({ rule, pack: packOf(rule.file), sees: s, off: rule.off.some((o) => !o.cluster), findings: s?.findings ?? 0 })
  }
  return out
}

export interface History {
  days: { day: string; severity: string; findings: number; excluded: number; requests: number }[]
  resolutions: { resolution: string; findings: number }[]
}

/** useHistory asks what a rule found by day, and what became of the incidents of its findings. */
export function useHistory(id: string, back: string) {
  const who = useWho()
  return useQuery<History, Failed>({
    queryKey: ['rule-history', id, back],
    enabled: may(who, 'analyst'),
    queryFn: async ({ signal }) => {
      const declare = 'declare query_parameters(_rule:string, _back:timespan);\n'
      const of = 'finding | where finding_info.analytic.uid == _rule and last_seen_time >= ago(_back)'
      const params = { _rule: id, _back: back }
      const [days, ends] = await Promise.all([
        rows(
          `${declare}${of}
| summarize findings = count(), excluded = countif(is_excluded == true), requests = sum(['count']) by day = bin(first_seen_time, 1d), severity
| sort by day asc`,
          params,
          { signal },
        ),
        rows(
          `${declare}${of} and isnotempty(incident.uid)
| project about = incident.uid
| join kind=inner (incident | where isnotempty(resolution) | project about = finding_info.uid, resolution) on about
| summarize findings = count() by resolution`,
          params,
          { signal },
        ),
      ])
      return {
        days: days.map((r) => ({ day: String(r['day']), severity: String(r['severity']), findings: Number(r['findings']), excluded: Number(r['excluded']), requests: Number(r['requests']) })),
        resolutions: ends.map((r) => ({ resolution: String(r['resolution']), findings: Number(r['findings']) })),
      }
    },
    staleTime: 60_000,
  })
}

export function useExclusions(id: string) {
  const who = useWho()
  return useQuery<Exclusion[], Failed>({
    queryKey: ['exclusions'],
    enabled: !limited(who),
    queryFn: async ({ signal }) => (await get<{ exclusions: Exclusion[] }>('/exclusions', {}, signal)).exclusions,
    select: (list) => list.filter((e) => e.rules.includes(id)),
  })
}
