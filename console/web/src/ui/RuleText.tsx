// A rule: what it is about, what it compiles to, and which of that the finding itself shows.
import { useQuery } from '@tanstack/react-query'
import { Failed, get } from '../api/client'
import type { FindingDocument } from '../api/documents'
import type { Rule } from '../api/schema'
import { visible } from '../format'
import { Failure, Loading, Severity } from './parts'

/** valuesOf are what a finding shows of the fields that rules name. */
function valuesOf(d: FindingDocument): Map<string, string[]> {
  const out = new Map<string, string[]>()
  const put = (field: string, ...values: string[]) => {
    const kept = values.filter(Boolean)
    if (kept.length > 0) out.set(field, kept)
  }
  put('api.operation', d.resource.verb)
  put('resource.type', d.resource.resource)
  put('resource.subresource', d.resource.subresource)
  put('resource.name', d.resource.name)
  put('k8s.namespace', d.resource.namespace)
  put('audit.exec.command_line', d.resource.command)
  put('actor.user.name', d.actor.user)
  put('audit.user.groups', ...d.actor.groups)
  put('src_endpoint.ip', ...d.actor.ips)
  put('http_request.user_agent', ...d.actor.user_agents)
  put('audit.caller_outside', d.actor.outside)
  for (const e of d.evidence) if (!out.has(e.field)) put(e.field, e.value)
  return out
}

const operators: Record<string, (value: string, wanted: string) => boolean> = {
  '=': (v, w) => v === w,
  contains: (v, w) => v.includes(w),
  'starts with': (v, w) => v.startsWith(w),
  'ends with': (v, w) => v.endsWith(w),
}

/** holds says whether a line of an explanation is a condition that the finding's values meet. */
export function holds(line: string, values: Map<string, string[]>): boolean {
  const found = /^\s*([\w.]+) (=|contains|starts with|ends with) (?:any of \()?(".*")\)?$/.exec(line)
  const of = found && values.get(found[1] ?? '')
  const test = found && operators[found[2] ?? '']
  if (!found || !of || !test) return false
  const wanted = [...(found[3] ?? '').matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((m) => (m[1] ?? '').replace(/\\(.)/g, '$1'))
  return wanted.some((w) => of.some((v) => test(v.toLowerCase(), w.toLowerCase())))
}

export function RuleText({ id, finding }: { id: string; finding?: FindingDocument }) {
  const rule = useQuery<Rule, Failed>({ queryKey: ['rule', id], queryFn: ({ signal }) => get<Rule>(`/rules/${encodeURIComponent(id)}`, {}, signal), staleTime: 300_000 })
  if (rule.isPending) return <Loading what="The rule" />
  if (rule.isError) return <Failure error={rule.error} />
  const r = rule.data
  const values = finding ? valuesOf(finding) : new Map<string, string[]>()
  const lines = (r.explanation ?? '').split('\n').slice(5)
  return (
    <div className="stack">
      <div className="row wrap">
        <Severity level={r.severity} />
        <strong>{visible(r.title)}</strong>
      </div>
      <p>{visible(r.description)}</p>
      {r.false_positives.length > 0 && (
        <div>
          <h3>When it is no attack</h3>
          <ul className="plain-list">
            {r.false_positives.map((t) => (
              <li key={t}>{visible(t)}</li>
            ))}
          </ul>
        </div>
      )}
      {lines.length > 0 && (
        <div>
          <h3>What it compiles to</h3>
          {finding && <p className="small muted">Conditions that the finding’s own values meet are marked with ✓.</p>}
          <div className="document rule-text" tabIndex={0} role="group" aria-label="What the rule compiles to">
            <pre className="mono">
              {lines.map((line, i) => {
                const met = holds(line, values)
                return (
                  <span key={i} className={met ? 'met' : undefined}>
                    {met ? '✓' : ' '} {visible(line)}
                    {'\n'}
                  </span>
                )
              })}
            </pre>
          </div>
        </div>
      )}
      <p className="muted small mono">
        {r.file}:{r.line} · {r.id}
      </p>
    </div>
  )
}
