// What is asked of the store. States are those of docs/inventory.md: the latest row of each object up to a moment.
import { rows, type Row } from '../../api/client'

/** most objects are read of a kind of question; a page that has so many says that it is a part. */
export const most = 60_000

export interface Asked {
  /** at is the moment, as a time. */
  at: string
  cluster: string
  /** since is how far back requests are looked at: 24h, 7d, 30d. */
  since: string
}

const declare = 'declare query_parameters(_at:datetime, _cluster:string);\n'
const window = 'declare query_parameters(_at:datetime, _cluster:string, _since:timespan);\n'
const state = `| where _cluster == "" or k8s.cluster == _cluster
| where time <= _at or (inventory.change in ("added", "present") and inventory.created_time <= _at)
| extend distance = iff(time <= _at, _at - time, 365000d + (time - _at))
`
const there = '| where inventory.change !in ("deleted", "gone")\n'
const requests = '| where time between ((_at - _since) .. _at) and (_cluster == "" or k8s.cluster in (_cluster, ""))\n'

type Ask = (a: Asked, signal: AbortSignal) => Promise<Row[]>

const of = (a: Asked) => ({ _at: a.at, _cluster: a.cluster })
const since = (a: Asked) => ({ ...of(a), _since: a.since })

/** objects are all that the lists show, without their documents. */
export const objects: Ask = (a, signal) =>
  rows(
    `${declare}inventory
| where resource.type in ("nodes", "namespaces", "pods", "deployments", "statefulsets", "daemonsets", "replicasets", "replicationcontrollers", "jobs", "cronjobs", "serviceaccounts", "roles", "clusterroles")
${state}| summarize arg_min(distance, inventory.change, inventory.kind, resource.type, k8s.namespace, resource.name, inventory.phase, inventory.created_time, inventory.deleted_time, k8s.node, k8s.service_account, k8s.workload_kind, k8s.workload, inventory.owner, inventory.images, inventory.ips, inventory.containers, inventory.host_network) by k8s.cluster_uid, k8s.cluster, resource.uid
${there}| project cluster = k8s.cluster, uid = resource.uid, kind = inventory.kind, type = resource.type, namespace = k8s.namespace, name = resource.name, phase = inventory.phase, created = inventory.created_time, deleting = inventory.deleted_time, node = k8s.node, account = k8s.service_account, workload_kind = k8s.workload_kind, workload = k8s.workload, owner = inventory.owner, images = inventory.images, ips = inventory.ips, containers = inventory.containers, host = inventory.host_network
| take ${most}`,
    of(a),
    { max: most, signal },
  )

/** bindings are who has which role. */
export const bindings: Ask = (a, signal) =>
  rows(
    `${declare}inventory
| where resource.type in ("rolebindings", "clusterrolebindings")
${state}| summarize arg_min(distance, inventory.change, k8s.namespace, resource.name, raw_data) by k8s.cluster_uid, k8s.cluster, resource.uid
${there}| project cluster = k8s.cluster, namespace = k8s.namespace, name = resource.name, role_kind = tostring(raw_data.roleRef.kind), role = tostring(raw_data.roleRef.name), subjects = raw_data.subjects
| take ${most}`,
    of(a),
    { max: most, signal },
  )

/** callers are the accounts that asked the API for anything. */
export const callers: Ask = (a, signal) =>
  rows(
    `${window}audit
${requests}| where isnotempty(actor.user.name)
| summarize requests = count(), refused = countif(api.response.code in (401, 403)), first = min(time), last = max(time), addresses = make_set(src_endpoint.ip, 6) by cluster = k8s.cluster, user = actor.user.name
| sort by requests desc
| take 5000`,
    since(a),
    { max: 5000, signal },
  )

/** touched are the objects that requests were about: what is known without an inventory. */
export const touched: Ask = (a, signal) =>
  rows(
    `${window}audit
${requests}| where resource.type in ("nodes", "namespaces", "pods", "deployments", "statefulsets", "daemonsets", "jobs", "cronjobs", "serviceaccounts", "roles", "clusterroles") and isnotempty(resource.name)
| where isnull(api.response.code) or api.response.code < 400
| extend whole = resource.subresource == ""
| summarize requests = count(), first = min(time), last = max(time), made = maxif(time, whole and api.operation == "create"), removed = maxif(time, whole and api.operation == "delete"), nodes = make_set_if(actor.user.name, actor.user.name startswith "system:node:", 2), workload = take_anyif(k8s.workload, k8s.workload != ""), workload_kind = take_anyif(k8s.workload_kind, k8s.workload_kind != "") by cluster = k8s.cluster, type = resource.type, namespace = k8s.namespace, name = resource.name
| sort by last desc
| take ${most}`,
    since(a),
    { max: most, signal },
  )

/** started are the images of what requests wrote, where the audit policy records bodies. */
export const written: Ask = (a, signal) =>
  rows(
    `${window}audit
${requests}| where api.operation in ("create", "update", "patch") and resource.subresource == "" and resource.type in ("pods", "deployments", "statefulsets", "daemonsets", "jobs", "cronjobs")
| extend spec = iff(resource.type == "pods", audit.request_object.spec, audit.request_object.spec.template.spec)
| mv-expand container = spec.containers
| extend image = tostring(container.image)
| where isnotempty(image)
| summarize images = make_set(image, 10), account = take_any(tostring(spec.serviceAccountName)) by cluster = k8s.cluster, type = resource.type, namespace = k8s.namespace, name = resource.name
| take 20000`,
    since(a),
    { max: 20_000, signal },
  )

/** found is how many findings there are about what, and the gravest. */
export const found: Ask = (a, signal) =>
  rows(
    `${window}finding
| where last_seen_time between ((_at - _since) .. _at) and (_cluster == "" or k8s.cluster in (_cluster, "")) and (isnull(is_excluded) or is_excluded == false)
| summarize n = count(), worst = max(severity_id) by namespace = k8s.namespace, workload = k8s.workload, pod = k8s.pod, node = k8s.node, user = actor.user.name, about = finding_info.about
| take 20000`,
    since(a),
    { max: 20_000, signal },
  )

/** newest is when the latest request or change was. */
export const newest = (signal: AbortSignal) => rows('union (audit | summarize newest = max(time)), (inventory | summarize newest = max(time)) | summarize newest = max(newest)', {}, { signal })
