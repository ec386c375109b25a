import { useQuery } from '@tanstack/react-query'
import { rows, type Failed, type Row } from '../../../api/client'
import { visible } from '../../../format'
import { Failure, Loading } from '../../../ui/parts'
import { column, type Kind } from './model'

/** most values are offered; others can be written. */
const most = 40

/** Values are those that a field has in the events that the rest of the query keeps, with how many have each. */
export function Values({ field, kind, query, span, chosen, choose }: { field: string; kind: Kind; query: string; span: string; chosen: string[]; choose: (value: string) => void }) {
  const name = column(field)
  const ask = `${query}${span}\n${kind === 'dynamic' ? `| mv-expand v = ${name}\n| summarize times = count() by value = tostring(v)` : `| summarize times = count() by value = tostring(${name})`}\n| where isnotempty(value)\n| top ${most} by times desc`
  const found = useQuery<Row[], Failed>({ queryKey: ['values', ask], queryFn: ({ signal }) => rows(ask, {}, { signal, max: most }), staleTime: 30_000 })
  if (found.isError) return <Failure error={found.error} again={() => void found.refetch()} />
  if (!found.data) return <Loading what="Which values there are" lines={2} />
  if (found.data.length === 0) return <p className="muted small">No stored event has a value here. You can still write one.</p>
  return (
    <ul className="row wrap build-values" aria-label={`Values of ${field}`}>
      {found.data.map((r) => {
        const value = String(r['value'])
        return (
          <li key={value}>
            <button type="button" className="chip mono" aria-pressed={chosen.includes(value)} onClick={() => choose(value)}>
              {visible(value.slice(0, 80))} <span className="muted num">{Number(r['times']).toLocaleString('en')}</span>
            </button>
          </li>
        )
      })}
    </ul>
  )
}
