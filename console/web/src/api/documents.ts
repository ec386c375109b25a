// The documents of findings and incidents: docs/schema/finding.schema.json and incident.schema.json.
import type { Attack, Severity } from './schema'

export interface FindingDocument {
  id: string
  rule: string
  rule_name: string
  rule_source: string
  title: string
  severity: Severity
  reasons: string[]
  time: string | null
  last_time: string | null
  count: number
  failed: number
  denied: boolean
  text: string
  output: string
  actor: {
    user: string
    groups: string[]
    real_user: string
    ips: string[]
    user_agents: string[]
    service_account: string
    token_pod: string
    token_writer: string
    caller_pod: string
    credential_id: string
    outside: string
  }
  resource: {
    verb: string
    group: string
    resource: string
    subresource: string
    namespace: string
    name: string
    uri: string
    command: string
    workload: string
    writer: string
    node?: string
  }
  audit_ids: string[]
  audit_ids_total: number
  event_uids: string[]
  evidence: { field: string; value: string }[]
  novelty: { key: string; answer: string }[]
  parts: string[]
  tactics: Attack[]
  techniques: Attack[]
  risk: string
  runbook: string[]
  incident: string
}

export interface Step {
  time: string | null
  last_time: string | null
  severity: Severity
  actor: string
  as: string
  from: string
  external: boolean
  text: string
  titles: string[]
  findings: string[]
  count: number
  failed: number
}

export interface Actor {
  name: string
  kind: string
  as: string[]
  addresses: string[]
  outside: string
  user_agents: string[]
  severity: Severity
  findings: number
}

export interface IncidentDocument {
  id: string
  title: string
  severity: Severity
  reasons: string[]
  time: string | null
  last_time: string | null
  requests: number
  tactics: Attack[]
  techniques: Attack[]
  actors: Actor[]
  pods: { name: string; workload: string; writer: string; parts: string[] }[]
  targets: string[]
  targets_total: number
  risk: string
  todo: string[]
  links: string[]
  root: string
  findings: string[]
  timeline: Step[]
  steps_omitted: number
}
