// What the coverage page asks: the ledger's accounts in steps of time, the gaps, and the sources.
import { useQuery } from '@tanstack/react-query'
import { Failed, get, rows } from '../../api/client'
import type { Coverage, SourceState } from '../../api/schema'
import { may, seesSources, useWho } from '../../session'

/** spans that can be looked at, with the length of a cell: some 42 to 60 cells each. */
export const spans: Record<string, { ms: number; step: number; each: string; kql: string }> = {
  '1h': { ms: 3_600_000, step: 60_000, each: 'a minute', kql: '1m' },
  '6h': { ms: 6 * 3_600_000, step: 600_000, each: '10 minutes', kql: '10m' },
  '24h': { ms: 24 * 3_600_000, step: 1_800_000, each: '30 minutes', kql: '30m' },
  '7d': { ms: 7 * 24 * 3_600_000, step: 4 * 3_600_000, each: '4 hours', kql: '4h' },
}
export const defaultSpan = '6h'

export const hops = ['ring', 'queue', 'spool', 'bus', 'parse'] as const
export type Hop = (typeof hops)[number]

/** Account is what a source did in one step of time. */
export interface Account {
  cluster: string
  node: string
  source: string
  role: string
  /** at is the step's begin, in ms. */
  at: number
  seen: number
  stored: number
  lost: number
  shed: number
  unresolved: number
  /** delay of the slowest event, in ms. */
  delay: number
  missing: Partial<Record<Hop, number>>
  absent: number
}

/** mostAccounts are read; with more the page says that it is a part. */
export const mostAccounts = 20_000

export interface Ledger {
  from: number
  to: number
  step: number
  accounts: Account[]
  cut: boolean
}

const number = (v: unknown) => Number(v ?? 0) || 0
const text = (v: unknown) => (v === null || v === undefined ? '' : String(v))

export function useLedger(span: string) {
  const who = useWho()
  return useQuery<Ledger, Failed>({
    queryKey: ['ledger', span],
    enabled: may(who, 'analyst') && seesSources(who),
    queryFn: async ({ signal }) => {
      const s = spans[span] ?? spans[defaultSpan]!
      const to = Math.floor(Date.now() / s.step) * s.step + s.step
      const from = to - Math.ceil(s.ms / s.step) * s.step
      const sums = hops.map((h) => `${h} = sum(coverage.missing_${h})`).join(', ')
      const found = await rows(
        `declare query_parameters(start:datetime, stop:datetime);
health | where coverage.kind in ("account", "absent") and coverage.from >= start and coverage.from < stop
| summarize seen = sum(coverage.seen), stored = sum(coverage.stored), lost = sum(coverage.lost), shed = sum(coverage.shed), unresolved = sum(coverage.unresolved), delay = max(coverage.delay_ms), ${sums}, absent = countif(coverage.kind == "absent")
  by cluster = k8s.cluster, node = k8s.node, source = coverage.source, role = coverage.role, at = bin(coverage.from, ${s.kql})
| where role != "hub"`,
        { start: new Date(from).toISOString(), stop: new Date(to).toISOString() },
        { max: mostAccounts, signal },
      )
      const accounts = found.map((r) => ({
        cluster: text(r['cluster']), node: text(r['node']), source: text(r['source']), role: text(r['role']), at: Date.parse(text(r['at'])),
        seen: number(r['seen']), stored: number(r['stored']), lost: number(r['lost']), shed: number(r['shed']), unresolved: number(r['unresolved']), delay: number(r['delay']),
        missing: Object.fromEntries(hops.map((h) => [h, number(r[h])]).filter(([, n]) => n)) as Account['missing'],
        absent: number(r['absent']),
      }))
      return { from, to, step: s.step, accounts, cut: found.length >= mostAccounts }
    },
    refetchInterval: 30_000,
  })
}

export function useGaps(span: string) {
  return useQuery<Coverage, Failed>({ queryKey: ['gaps', span], queryFn: ({ signal }) => get<Coverage>('/coverage', { since: span }, signal), refetchInterval: 30_000 })
}

export interface SourceList {
  sources: SourceState[]
  missing: { role: string; what: string; enable: string }[]
}

export function useSourceList() {
  return useQuery<SourceList, Failed>({ queryKey: ['source-list'], queryFn: ({ signal }) => get<SourceList>('/sources', {}, signal), refetchInterval: 30_000 })
}
