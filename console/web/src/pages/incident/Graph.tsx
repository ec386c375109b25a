import { useMemo, useState } from 'react'
import type { FindingDocument } from '../../api/documents'
import { count, visible } from '../../format'
import { Drawing } from '../../ui/graph/Drawing'
import { useWidth } from '../../ui/graph/useWidth'
import { Empty } from '../../ui/parts'
import type { Happening } from './data'
import { layOut } from './graph'

/** Graph shows who did what to what. A node that is chosen leaves only its paths bright, and says which findings they are of. */
export function Graph({ findings, happenings, show }: { findings: FindingDocument[]; happenings: Happening[]; show: (finding: string) => void }) {
  const [room, width] = useWidth()
  const layout = useMemo(() => layOut(findings, happenings, width), [findings, happenings, width])
  const [chosen, setChosen] = useState('')
  if (layout.nodes.length === 0) return <Empty title="Nothing to draw">The findings name nobody and nothing.</Empty>
  const node = layout.nodes.find((n) => n.id === chosen)
  const titles = node ? findings.filter((f) => node.findings.has(f.id)) : []
  return (
    <div className="stack" ref={room}>
      <Drawing layout={layout} label="Graph of the incident" chosen={chosen} choose={setChosen} of="finding" />
      {node ? (
        <div className="small">
          <strong>{visible(node.label)}</strong> <span className="muted">({node.kind})</span>
          <ul className="row wrap">
            {titles.map((f) => (
              <li key={f.id}>
                <button type="button" className="chip" onClick={() => show(f.id)}>
                  {visible(f.title)}
                </button>
              </li>
            ))}
          </ul>
        </div>
      ) : (
        <p className="muted small">
          Choose something to see its paths and findings. A broken line is a token that was taken from a pod and used.
          {layout.hidden > 0 ? ` ${count(layout.hidden, 'less grave thing')} left out.` : ''}
        </p>
      )}
    </div>
  )
}
