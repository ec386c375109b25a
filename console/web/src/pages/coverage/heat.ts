// The heat map: for each source and step of time what became of its events.
import type { Gap, SourceState } from '../../api/schema'
import type { Account, Ledger } from './data'

export type State = 'seen' | 'some' | 'quiet' | 'late' | 'shed' | 'lost' | 'silent' | 'before'

/** marks tell states apart without their colours; words say what they are. */
export const marks: Record<State, string> = { seen: '', some: '', quiet: '', late: '~', shed: '-', lost: '×', silent: '', before: '' }
export const words: Record<State, string> = {
  seen: 'seen, much', some: 'seen', quiet: 'nothing came, and nothing is missed', late: 'seen late', shed: 'some given up', lost: 'some lost', silent: 'silent', before: 'before it was there',
}
/** worst orders states: what somebody should look at first. */
const worst: State[] = ['lost', 'silent', 'shed', 'late', 'quiet', 'before', 'some', 'seen']

/** lateMs is how late an event may be stored without being told so: the bound of the condition source-behind. */
const lateMs = 120_000

export interface Cell {
  at: number
  state: State
  account?: Account
  gap?: Gap
}

export interface Line {
  key: string
  cluster: string
  node: string
  source: string
  role: string
  cells: Cell[]
  /** bad is how many cells somebody should look at. */
  bad: number
}

const keyOf = (x: { cluster: string; node: string; source: string }) => `${x.cluster}\n${x.node}\n${x.source}`

/** heat makes a line of each source: of those that said something in the time, that were silent, or that are known at all. */
export function heat(ledger: Ledger, gaps: Gap[], sources: SourceState[]): Line[] {
  const lines = new Map<string, { about: { cluster: string; node: string; source: string; role: string }; accounts: Map<number, Account>; gaps: Gap[]; first: number }>()
  const line = (x: { cluster: string; node: string; source: string; role: string }) => {
    let l = lines.get(keyOf(x))
    if (!l) lines.set(keyOf(x), (l = { about: x, accounts: new Map(), gaps: [], first: 0 }))
    return l
  }
  for (const s of sources) if (s.role !== 'hub' && !s.ended) line(s).first = Date.parse(s.first ?? '') || 0
  for (const a of ledger.accounts) line(a).accounts.set(a.at, a)
  for (const g of gaps) if (g.source && (g.reason === 'silent' || g.reason === 'unseen')) line(g).gaps.push(g)
  const now = Date.now()
  const out: Line[] = []
  for (const [key, l] of lines) {
    const most = Math.max(1, ...[...l.accounts.values()].map((a) => a.seen || a.stored))
    const cells: Cell[] = []
    for (let at = ledger.from; at < ledger.to; at += ledger.step) {
      const account = l.accounts.get(at)
      const end = Math.min(at + ledger.step, now)
      const gap = l.gaps.find((g) => overlap(g, at, end, now) * 2 > end - at || (!account && overlap(g, at, end, now) > 0))
      cells.push({ at, state: stateOf(account, gap, at + ledger.step <= l.first, most), account, gap })
    }
    out.push({ key, ...l.about, cells, bad: cells.filter((c) => worst.indexOf(c.state) < 4).length })
  }
  return out.sort((a, b) => b.bad - a.bad || a.cluster.localeCompare(b.cluster) || a.node.localeCompare(b.node) || a.source.localeCompare(b.source))
}

/** overlap is how much of a stretch a gap takes, in ms; a gap without an end lasts. */
function overlap(g: Gap, from: number, to: number, now: number): number {
  const begin = g.from ? Date.parse(g.from) : 0
  const end = g.to ? Date.parse(g.to) : now
  return Math.max(0, Math.min(to, end) - Math.max(from, begin))
}

function stateOf(a: Account | undefined, gap: Gap | undefined, before: boolean, most: number): State {
  if (a && a.lost > 0) return 'lost'
  if (a && a.shed > 0) return 'shed'
  if (gap || (a && a.absent > 0 && a.seen + a.stored === 0)) return 'silent'
  if (!a) return before ? 'before' : 'quiet'
  if (a.delay > lateMs) return 'late'
  const n = a.seen || a.stored
  if (n === 0) return 'quiet'
  return n * 4 >= most ? 'seen' : 'some'
}

/** mend says what to do where events went missing, or nothing came. */
export const mend: Record<string, string> = {
  ring: 'The kernel wrote faster than the sensor read. Give the sensor more processor time, or a larger ring (--ring-bytes), or let fewer rules watch files.',
  queue: 'More came than the sensor could hand on. See which workload floods (the parts of its accounts say so), and whether the hub answers quickly.',
  spool: 'The node’s disk for what waits was full or failed. Make room, give it more (--spool-size), and see why the hub did not take it.',
  bus: 'A message on the hub’s bus is gone or cannot be read. See the hub’s log; what was put aside is named there.',
  parse: 'Records could not be read as events: a log that is cut off, or is no audit log. See the source’s last errors with lynceus sources.',
  silent: 'Nothing came. See whether the node and its sensor run (kubectl get pods -n lynceus -o wide), whether it reaches the hub, and for a log whether the API server still writes it.',
  late: 'It came more than two minutes late. See what waits at the source, and whether the hub keeps up (lynceus status).',
}
