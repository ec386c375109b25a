// What a role says.
import { visible } from '../../format'
import { Panel } from '../../ui/parts'
import { usePast } from './about'
import type { Asked } from './ask'
import { texts } from './known'
import type { Thing } from './things'

interface Rule {
  verbs?: unknown
  apiGroups?: unknown
  resources?: unknown
  resourceNames?: unknown
  nonResourceURLs?: unknown
}

export function Rules({ t, asked }: { t: Thing; asked: Asked }) {
  const past = usePast(t, asked)
  const document = past.data?.document as { rules?: Rule[] | null } | null | undefined
  const rules = Array.isArray(document?.rules) ? document.rules : []
  if (rules.length === 0) return null
  return (
    <Panel title="What it gives" flat>
      <div className="scroll-x">
        <table className="table">
          <thead>
            <tr>
              <th>May</th>
              <th>Of what</th>
              <th>API group</th>
              <th>Named</th>
            </tr>
          </thead>
          <tbody>
            {rules.slice(0, 200).map((r, i) => (
              <tr key={i}>
                <td className="mono small">{visible(texts(r.verbs).join(', '))}</td>
                <td className="small">{visible([...texts(r.resources), ...texts(r.nonResourceURLs)].join(', '))}</td>
                <td className="small">{visible(texts(r.apiGroups).map((g) => g || 'core').join(', '))}</td>
                <td className="small">{visible(texts(r.resourceNames).join(', ')) || <span className="muted">all</span>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  )
}
