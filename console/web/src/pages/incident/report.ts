// The report of an incident as one HTML page that needs nothing else, for those who have no access here.
import type { FindingDocument, IncidentDocument } from '../../api/documents'
import type { Coverage } from '../../api/schema'
import { visible } from '../../format'
import { gapWords } from '../../ui/Coverage'
import type { Happening } from './data'
import { reachWords, type Reach } from './reach'
import { advice, story, whySevere } from './story'

function escaped(text: string): string {
  return visible(text).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')
}

const style = 'body{font:15px/1.5 system-ui,sans-serif;max-width:62em;margin:2em auto;padding:0 1em;color:#18212a}h1{font-size:1.5em}h2{font-size:1.1em;margin-top:1.8em}table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.35em .6em;border-bottom:1px solid #dce2e8}.m{color:#55626f}td:first-child{white-space:nowrap;font-variant-numeric:tabular-nums}'

const list = (items: string[], tag: 'ul' | 'ol' = 'ul') => `<${tag}>${items.map((i) => `<li>${escaped(i)}</li>`).join('')}</${tag}>`

/** Reported is all that a report tells. */
export interface Reported {
  d: IncidentDocument
  findings: FindingDocument[]
  happenings: Happening[]
  reach: Reach | undefined
  coverage: Coverage | undefined
  link: string
}

/** mostHappened of what containers did stand in a report. */
const mostHappened = 200

export function report({ d, findings, happenings, reach, coverage, link }: Reported): string {
  const did = happenings.slice(0, mostHappened).map((h) => `<tr><td>${escaped(h.time.slice(0, 19).replace('T', ' '))}</td><td>${escaped(h.pod)}</td><td>${escaped(h.what)}${h.late ? ' <span class="m">(came late)</span>' : ''}</td></tr>`)
  const steps = d.timeline.map((s) => `<tr><td>${escaped((s.time ?? '').slice(0, 19).replace('T', ' '))}</td><td>${escaped(s.severity)}</td><td><b>${escaped(s.actor)}</b> ${escaped(s.text)}<div class="m">${escaped(s.titles.join('; '))}${s.from ? ` · from ${escaped(s.from)}` : ''}${s.failed ? ` · ${s.failed} of ${s.count} refused` : ''}</div></td></tr>`)
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>${escaped(d.title)}</title><style>${style}</style></head><body>
<h1>${escaped(d.title)}</h1><p class="m">Severity: ${escaped(d.severity)} · incident ${escaped(d.id)} · times in UTC · <a href="${escaped(link)}">${escaped(link)}</a></p>
<p>${story(d).map(escaped).join(' ')}</p>
<h2>Why it is ${escaped(d.severity)}</h2>${list(whySevere(d, findings))}
<h2>What to do</h2>${list(d.todo, 'ol')}
${advice(findings).map((r) => `<details><summary>${escaped(r.title)}</summary>${list(r.steps, 'ol')}</details>`).join('')}
<h2>What happened</h2><table><thead><tr><th>Time</th><th>Severity</th><th>Step</th></tr></thead><tbody>${steps.join('')}</tbody></table>
<h2>Who</h2>${list(d.actors.map((a) => `${a.name} (${a.kind}), from ${a.addresses.join(', ') || 'addresses that are not known'}`))}
<h2>What was touched</h2>${list(d.targets)}
<h2>Pods</h2>${list(d.pods.map((p) => `${p.name}${p.workload ? `, of ${p.workload}` : ''}${p.writer ? `, made by ${p.writer}` : ''}`))}
<h2>What they could reach</h2>${reach ? list(reachWords(reach)) : '<p class="m">Not asked for.</p>'}
${did.length > 0 ? `<h2>What the pods did</h2><table><thead><tr><th>Time</th><th>Pod</th><th>What</th></tr></thead><tbody>${did.join('')}</tbody></table>${happenings.length > mostHappened ? `<p class="m">and ${happenings.length - mostHappened} more</p>` : ''}` : ''}
<h2>What was not seen meanwhile</h2>${coverage && coverage.gaps.length > 0 ? list(coverage.gaps.map((g) => `${gapWords(g)}${g.from ? `, from ${g.from} to ${g.to ?? 'now'}` : ''}`)) : `<p class="m">${coverage?.complete ? 'Every source told all that it should have.' : 'No ledger was kept of that time, so losses cannot be told.'}</p>`}
<h2>ATT&amp;CK</h2>${list(d.techniques.map((t) => `${t.id} ${t.name}`))}
<h2>Why these findings are one incident</h2>${list(d.links)}
</body></html>
`
}
