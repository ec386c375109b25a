import { count, visible } from '../../format'
import { box, type GraphEdge, type GraphLayout, type GraphNode } from './layout'

/** letters of a label that fit in a box. */
const fits = 26

function short(label: string): string {
  const text = visible(label)
  return text.length <= fits ? text : `${text.slice(0, fits / 2)}…${text.slice(-(fits / 2 - 1))}`
}

function path(from: GraphNode, to: GraphNode): string {
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
      <svg className="graph" width={layout.width + 4} height={layout.height + 4} viewBox={`-2 -2 ${layout.width + 4} ${layout.height + 4}`}>
        {layout.columns.map((c) => (
          <text key={c.title} className="head" x={c.x + 2} y={11}>
            {c.title}
          </text>
        ))}
        {layout.edges.map((e) => {
          const from = by.get(e.from)
          const to = by.get(e.to)
          if (!from || !to) return null
          return (
            <path key={`${e.from}>${e.to}`} className={`edge${e.back ? ' back' : ''}${node && litEdge(e) ? ' on' : ''}${litEdge(e) ? '' : ' dim'}`} d={path(from, to)}>
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
            <rect width={box.width} height={box.height} rx="6" />
            <text className="kind" aria-hidden="true" x="10" y="15">
              {n.kind}
            </text>
            <text x="10" y="31" aria-hidden="true">
              {short(n.label)}
            </text>
          </g>
        ))}
      </svg>
    </div>
  )
}
