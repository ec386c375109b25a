import type { Coverage, Gap } from '../api/schema'
import { count, listed, pathEnd, visible } from '../format'
import { useWho } from '../session'
import { Empty, Time } from './parts'

/** reasons are why something is missing, in words: docs/coverage.md. */
const reasons: Record<string, string> = {
  missing: 'events were lost',
  silent: 'the source was silent',
  unseen: 'nothing was counted then',
  before: 'nothing reported yet',
  nosource: 'no source of that kind is connected',
}

/** gapWords says a gap in words. */
export function gapWords(g: Gap): string {
  const name = [pathEnd(g.source ?? '') || g.role || 'the whole installation', g.node && `on ${g.node}`, g.cluster && `of ${g.cluster}`].filter(Boolean).join(' ')
  const lost = (g.lost ?? 0) + (g.shed ?? 0)
  return `${name}: ${reasons[g.reason] ?? g.reason}${lost > 0 ? `, ${count(lost, 'event')}` : ''}`
}

/** CoverageNote says what an answer may lack; nothing where it lacks nothing or nobody can say. */
export function CoverageNote({ coverage }: { coverage?: Coverage }) {
  if (!coverage || coverage.complete || coverage.gaps.length === 0) return null
  return (
    <details className="note warn coverage-note">
      <summary>
        Not everything was seen: {count(coverage.gaps.length + (coverage.more_gaps ?? 0), 'gap')} in what this is from
      </summary>
      <Gaps coverage={coverage} />
    </details>
  )
}

/** NotYours says to somebody who sees some namespaces why sources are not told, and who can change that. */
export function NotYours() {
  const who = useWho()
  return (
    <Empty title="Sources are of clusters, and you see namespaces">
      You see {(who.scope.namespaces ?? []).length === 1 ? 'the namespace' : 'the namespaces'} {listed((who.scope.namespaces ?? []).map(visible), 3)}. What watches a node or a cluster, and what it lost, tells of all that runs there. Each answer says whether something is missing from it; an administrator can say more, or limit you to clusters alone.
    </Empty>
  )
}

export function Gaps({ coverage }: { coverage: Coverage }) {
  return (
    <ul className="plain-list small">
      {coverage.gaps.slice(0, 20).map((g, i) => (
        <li key={i}>
          {visible(gapWords(g))}
          {g.from && (
            <span className="muted">
              {' '}
              from <Time at={g.from} /> {g.to && <>to <Time at={g.to} date={false} /></>}
            </span>
          )}
        </li>
      ))}
      {coverage.gaps.length > 20 && <li className="muted">and {count(coverage.gaps.length - 20 + (coverage.more_gaps ?? 0), 'more gap')}</li>}
    </ul>
  )
}
