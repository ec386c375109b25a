import type { FindingDocument, IncidentDocument } from '../../api/documents'
import { clockOf, count } from '../../format'

/** Tactics are those of an incident in the order of the matrix; choosing one leaves its steps in the timeline. */
export function Tactics({ document: d, findings, chosen, choose }: { document: IncidentDocument; findings: FindingDocument[]; chosen: string; choose: (id: string) => void }) {
  return (
    <ol className="tactics">
      {d.tactics.map((t) => {
        const of = findings.filter((f) => f.tactics.some((x) => x.id === t.id) && f.severity !== 'informational')
        const first = of.map((f) => f.time ?? '').filter(Boolean).sort()[0]
        const techniques = [...new Set(of.flatMap((f) => f.techniques.map((x) => x.id)))].sort()
        return (
          <li key={t.id} className="hit">
            <button type="button" className="tactic" aria-pressed={chosen === t.id} onClick={() => choose(chosen === t.id ? '' : t.id)} title={techniques.join(', ')}>
              <span className="name">{t.name}</span>
              <span className="row wrap small muted num">
                {first && <span>{clockOf(first).slice(0, 5)}</span>}
                <span className="nowrap">{count(of.length, 'finding')}</span>
              </span>
            </button>
          </li>
        )
      })}
    </ol>
  )
}
