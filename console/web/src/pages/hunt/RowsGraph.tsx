import { useMemo, useState } from 'react'
import { count, visible } from '../../format'
import { Drawing } from '../../ui/graph/Drawing'
import { place, type Builder } from '../../ui/graph/layout'
import { useWidth } from '../../ui/graph/useWidth'
import { mostRows, titles } from './rowsGraph'

/** RowsGraph draws an answer. What is chosen can be asked for. */
export default function RowsGraph({ graph, rows, pivot }: { graph: Builder; rows: number; pivot: (value: string) => void }) {
  const [room, width] = useWidth()
  const layout = useMemo(() => place(graph, titles, width), [graph, width])
  const [chosen, setChosen] = useState('')
  const node = layout.nodes.find((n) => n.id === chosen)
  const name = node ? (node.label.includes('/') && !node.label.startsWith('/') ? node.label.slice(node.label.lastIndexOf('/') + 1) : node.label) : ''
  return (
    <div className="stack hunt-graph">
      <div ref={room}>
        <Drawing layout={layout} label="Graph of the answer" chosen={chosen} choose={setChosen} of="row" />
      </div>
      {node ? (
        <p className="row wrap small">
          <strong>{visible(node.label)}</strong>
          <span className="muted">
            ({visible(node.kind)}, {count(node.findings.size, 'row')})
          </span>
          {node.column !== 2 && (
            <button type="button" className="button" onClick={() => pivot(name)}>
              Everything with it
            </button>
          )}
        </p>
      ) : (
        <p className="muted small">
          A line joins what stands in one row. Choose something to see its rows alone.
          {layout.hidden > 0 ? ` ${count(layout.hidden, 'thing')} left out.` : ''}
          {rows > mostRows ? ` Drawn of the first ${mostRows.toLocaleString('en')} rows.` : ''}
        </p>
      )}
    </div>
  )
}
