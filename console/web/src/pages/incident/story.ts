// The story of an incident, in words that come from its document and from nothing else.
import type { Actor, FindingDocument, IncidentDocument, Step } from '../../api/documents'
import { clockOf, count, dayOf, listed, span } from '../../format'
import { rank } from '../../ui/parts'

function named(a: Actor): string {
  switch (a.kind) {
    case 'service account':
      return `service account ${a.name}`
    case 'anonymous':
      return 'somebody anonymous'
    default:
      return a.name
  }
}

/** gravest is the step of the highest severity, the first of those. */
export function gravest(steps: Step[]): Step | undefined {
  return steps.reduce<Step | undefined>((worst, s) => (!worst || rank(s.severity) < rank(worst.severity) ? s : worst), undefined)
}

/** doing is a step as a clause: who did what. */
function doing(s: Step): string {
  return `${s.actor}${s.as ? ` as ${s.as}` : ''} ${s.text}`
}

/** story returns sentences. */
export function story(d: IncidentDocument): string[] {
  const out: string[] = []
  const who = listed(d.actors.map(named), 3)
  const outside = [...new Set(d.actors.filter((a) => a.outside === 'yes').flatMap((a) => a.addresses.slice(0, 2)))]
  if (d.time && d.last_time) {
    const when = `On ${dayOf(d.time)} from ${clockOf(d.time)} UTC${d.time === d.last_time ? '' : `, for ${span(d.time, d.last_time)}`}`
    out.push(`${when}, ${who || 'somebody'} made ${count(d.requests, 'request')} that ${d.findings.length === 1 ? 'a rule' : `${d.findings.length} findings`} tell of${outside.length > 0 ? `, from ${listed(outside)} outside the cluster’s networks` : ''}.`)
  }
  const first = d.timeline[0]
  const worst = gravest(d.timeline)
  if (first) out.push(`It began when ${doing(first)}.`)
  if (worst && worst !== first) out.push(`The gravest: ${doing(worst)}${worst.time ? ` at ${clockOf(worst.time)}` : ''}${worst.failed >= worst.count && worst.count > 0 ? ', which was refused' : ''}.`)
  const last = d.timeline[d.timeline.length - 1]
  if (last && last !== first && last !== worst) out.push(`The last that was seen: ${doing(last)}.`)
  if (d.targets_total > 0) out.push(`It touched ${listed(d.targets, 4)}${d.targets_total > d.targets.length ? ` and others, ${d.targets_total} in all` : ''}.`)
  if (d.risk) out.push(d.risk)
  return out
}

/** whySevere says what the severity of an incident is from. */
export function whySevere(d: IncidentDocument, findings: FindingDocument[]): string[] {
  const worst = [...new Map(findings.filter((f) => f.severity === d.severity).map((f) => [f.title, f])).values()]
  if (d.reasons.length > 0) return d.reasons
  return worst.slice(0, 4).map((f) => (f.reasons.length > 0 ? `${f.title}: ${f.reasons.join('; ')}` : f.risk ? `${f.title}. ${f.risk}` : f.title))
}

/** advice are the runbooks of the rules of findings, once each, the gravest first. */
export function advice(findings: FindingDocument[]): { rule: string; title: string; steps: string[] }[] {
  const by = new Map<string, FindingDocument>()
  for (const f of [...findings].sort((a, b) => rank(a.severity) - rank(b.severity))) {
    if (f.runbook.length > 0 && !by.has(f.rule)) by.set(f.rule, f)
  }
  return [...by].map(([rule, f]) => ({ rule, title: f.title, steps: f.runbook }))
}
