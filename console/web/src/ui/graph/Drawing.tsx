import { count, visible } from '../../format'
import { fitted } from './fitted'
import { margin, type GraphEdge, type GraphLayout, type GraphNode } from './layout'

function path(from: GraphNode, to: GraphNode, { box, down }: GraphLayout): string {
  if (down) {
    const x1 = from.x + box.width / 2
    const x2 = to.x + box.width / 2
    const [y1, y2] = to.y > from.y ? [from.y + box.height, to.y] : [from.y, to.y + box.height]
    const bend = (y2 - y1) / 2
    return `M${x1} ${y1}C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`
  }
  const y1 = from.y + box.height / 2
  const y2 = to.y + box.height / 2
  if (to.x > from.x) {
    const x1 = from.x + box.width
    const bend = (to.x - x1) / 2
    return `M${x1} ${y1}C${x1 + bend} ${y1} ${to.x - bend} ${y2} ${to.x} ${y2}`
  }
  // Back: out of the left side of the one, into the right side of the other.
  const x2 = to.x + box.width
  const bend = Math.max(30, (from.x - x2) / 2)
  return `M${from.x} ${y1}C${from.x - bend} ${y1} ${x2 + bend} ${y2} ${x2} ${y2}`
}

/** Drawing draws a graph. A node that is chosen leaves only what shares a finding, or a row, with it bright. of is what nodes are counted in. */
export function Drawing({ layout, label, chosen, choose, of }: { layout: GraphLayout; label: string; chosen: string; choose: (id: string) => void; of: string }) {
  const by = new Map(layout.nodes.map((n) => [n.id, n]))
  const node = by.get(chosen)
  const lit = (findingsOf: Set<string>) => !node || [...node.findings].some((f) => findingsOf.has(f))
  const litEdge = (e: GraphEdge) => !node || e.from === chosen || e.to === chosen || lit(e.findings)
  return (
    <div className="scroll-x" tabIndex={0} role="group" aria-label={label}>
      <svg className="graph" width={layout.width + 2 * margin} height={layout.height + 2 * margin} viewBox={`${-margin} ${-margin} ${layout.width + 2 * margin} ${layout.height + 2 * margin}`}>
        {layout.columns.map((c) => (
          <text key={c.title} className="head" x={c.x + 2} y={c.y}>
            {c.title}
          </text>
        ))}
        {layout.edges.map((e) => {
          const from = by.get(e.from)
          const to = by.get(e.to)
          if (!from || !to) return null
          return (
            <path key={`${e.from}>${e.to}`} className={`edge${e.back ? ' back' : ''}${node && litEdge(e) ? ' on' : ''}${litEdge(e) ? '' : ' dim'}`} d={path(from, to, layout)}>
              {e.note && <title>{e.note}</title>}
            </path>
          )
        })}
        {layout.nodes.map((n) => (
          <g
            key={n.id}
            className={`node ${n.severity}${n.id === chosen ? ' on' : ''}${lit(n.findings) || n.id === chosen ? '' : ' dim'}`}
            transform={`translate(${n.x} ${n.y})`}
            tabIndex={0}
            role="button"
            aria-pressed={n.id === chosen}
            onClick={() => choose(n.id === chosen ? '' : n.id)}
            onKeyDown={(e) => (e.key === 'Enter' || e.key === ' ') && (e.preventDefault(), choose(n.id === chosen ? '' : n.id))}
          >
            <title>{`${n.kind} ${visible(n.label)}, ${n.severity}, ${count(n.findings.size, of)}`}</title>
            <rect width={layout.box.width} height={layout.box.height} rx="6" />
            <text className="kind" aria-hidden="true" x="9" y="15">
              {fitted(n.kind, layout.box.width - 18, 10.5)}
            </text>
            <text x="9" y="31" aria-hidden="true">
              {fitted(visible(n.label), layout.box.width - 18, 12)}
            </text>
          </g>
        ))}
      </svg>
    </div>
  )
}
