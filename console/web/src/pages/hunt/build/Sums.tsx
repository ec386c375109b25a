import { visible } from '../../../format'
import { nameSum, sumsOf, type Kind, type Sum, type SumOf } from './model'

const words: Record<SumOf, string> = { sum: 'sum of', avg: 'average of', min: 'least', max: 'greatest', dcount: 'different', percentile: 'percentile of' }

/** shares of percentiles that are offered. */
const shares = [50, 90, 95, 99]

/** Sums chooses numbers that are made of fields, beside the count. */
export function Sums({ sums, names, kindOf, known, set }: { sums: Sum[]; names: string; kindOf: (field: string) => Kind; known: (field: string) => boolean; set: (list: Sum[]) => void }) {
  const swap = (at: number, next: Sum) => set(sums.map((s, i) => (i === at ? next : s)))
  /** renamed is a sum under the name that what it sums gives it. */
  const renamed = (at: number, s: Sum): Sum => ({ ...s, name: nameSum(s, sums.filter((_, i) => i !== at)) })
  const add = (field: string) => {
    const fn = known(field) ? sumsOf[kindOf(field)][0] : undefined
    if (!fn) return false
    const next = { fn, field, share: 0, least: 0 }
    set([...sums, { ...next, name: nameSum(next, sums) }])
    return true
  }
  return (
    <span className="row wrap small muted" role="group" aria-label="Sums">
      and
      {sums.map((s, i) => {
        const least = kindOf(s.field) !== 'datetime' || s.fn === 'dcount'
        return (
          <span key={i} className="row">
            <select className="field" aria-label={`What of ${visible(s.field)}`} value={s.fn} onChange={(e) => swap(i, renamed(i, { ...s, fn: e.target.value as SumOf, share: e.target.value === 'percentile' ? 95 : 0, least: 0 }))}>
              {sumsOf[kindOf(s.field)].map((f) => (
                <option key={f} value={f}>
                  {words[f]}
                </option>
              ))}
            </select>
            {s.fn === 'percentile' && (
              <select className="field" aria-label={`Which percentile of ${visible(s.field)}`} value={s.share} onChange={(e) => swap(i, renamed(i, { ...s, share: Number(e.target.value) }))}>
                {[...shares, s.share].filter((x, n, all) => all.indexOf(x) === n).map((x) => (
                  <option key={x}>{x}</option>
                ))}
              </select>
            )}
            <button type="button" className="chip mono" aria-label={`Leave out ${visible(s.name)}`} onClick={() => set(sums.filter((_, n) => n !== i))}>
              {visible(s.field)} ✕
            </button>
            {least && <input className="field number" type="number" min="0" aria-label={`At least, of ${visible(s.name)}`} value={s.least || ''} placeholder="any" onChange={(e) => swap(i, { ...s, least: Math.max(0, Math.floor(Number(e.target.value))) })} />}
          </span>
        )
      })}
      <input
        className="field word"
        list={names}
        aria-label="Sum: a field"
        placeholder="a field"
        onChange={(e) => {
          if (add(e.target.value)) e.target.value = ''
        }}
      />
    </span>
  )
}
