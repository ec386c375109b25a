// Where one is on the map, and the way back.
import { visible } from '../../format'
import type { TalkMap } from './data'
import { groupOf, isGroup, labelOf } from './names'
import type { MapNode } from './data'

/** nodeOf is the end of a place: of the map, or made from its id where the map has only its parts. */
function nodeOf(at: string, map?: TalkMap): MapNode {
  const found = map?.nodes.find((n) => n.id === at)
  if (found) return found
  const [kind = '', cluster = '', namespace = '', ...name] = at.split('|')
  return { id: at, kind: kind as MapNode['kind'], cluster: cluster || undefined, namespace: namespace || undefined, name: name.join('|') }
}

/** above is the place that one goes back to from another. */
export function above(at: string, map?: TalkMap): string {
  if (!at || isGroup(at)) return ''
  const g = groupOf(nodeOf(at, map), false)
  return isGroup(g.id) ? g.id : ''
}

const parts: Record<string, string> = { nodes: 'Nodes', control: 'Control plane', wide: 'Cluster-wide objects' }

function groupName(at: string, map: TalkMap): string {
  const [what, cluster, name = ''] = at.split('|')
  return `${cluster && map.nodes.some((n) => n.cluster && n.cluster !== cluster) ? `${visible(cluster)} / ` : ''}${what === 'ns' ? visible(name) : (parts[name] ?? '')}`
}

export function Trail({ at, map, into }: { at: string; map: TalkMap; into: (at: string) => void }) {
  const up = above(at, map)
  const steps: [string, string][] = [['', 'All namespaces']]
  if (up) steps.push([up, groupName(up, map)])
  if (at) steps.push([at, isGroup(at) ? groupName(at, map) : labelOf(nodeOf(at, map))])
  return (
    <span className="trail">
      {steps.map(([to, name], i) =>
        i === steps.length - 1 ? (
          <span key={to} aria-current="location">
            {name}
          </span>
        ) : (
          <span key={to}>
            <button type="button" className="link" onClick={() => into(to)}>
              {name}
            </button>
            <span aria-hidden="true"> › </span>
          </span>
        ),
      )}
    </span>
  )
}
