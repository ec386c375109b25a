import type { Finding, FindingGroup } from '../../api/schema'
import { mostOfGroup, type Page } from './data'

/** Line is a row of the list: a finding, the head of a group, or what stands for more. */
export type Line = { kind: 'finding'; finding: Finding } | { kind: 'group'; group: FindingGroup; open: boolean } | { kind: 'more'; group: FindingGroup } | { kind: 'reading' }

/** groupLines puts the findings of open groups under their heads. */
export function groupLines(groups: FindingGroup[], open: Set<string>, pages: Map<string, Page | undefined>): Line[] {
  return groups.flatMap((group): Line[] => {
    const head: Line = { kind: 'group', group, open: open.has(group.value) }
    if (!head.open) return [head]
    const page = pages.get(group.value)
    if (!page) return [head, { kind: 'reading' }]
    const rows: Line[] = page.findings.map((finding) => ({ kind: 'finding', finding }))
    return group.count > mostOfGroup ? [head, ...rows, { kind: 'more', group }] : [head, ...rows]
  })
}

/** listLines are findings, and a line where more of them will stand. */
export function listLines(findings: Finding[], more: boolean): Line[] {
  const rows: Line[] = findings.map((finding) => ({ kind: 'finding', finding }))
  return more ? [...rows, { kind: 'reading' }] : rows
}
