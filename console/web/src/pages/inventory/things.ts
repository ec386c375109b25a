// What the inventory is made of: things of a cluster, whoever told of them.

export type Kind = 'clusters' | 'nodes' | 'namespaces' | 'workloads' | 'pods' | 'images' | 'accounts' | 'roles'

/** kinds are the lists, in the order of their tabs, and what one of each is called. */
export const kinds: Record<Kind, string> = {
  clusters: 'Cluster',
  nodes: 'Node',
  namespaces: 'Namespace',
  workloads: 'Workload',
  pods: 'Pod',
  images: 'Image',
  accounts: 'Account',
  roles: 'Role',
}

/** Thing is a row of a list. What a kind does not have is empty. */
export interface Thing {
  kind: Kind
  /** what it is by Kubernetes' name: Deployment, ServiceAccount, ClusterRole; of accounts also Person. */
  what: string
  cluster: string
  namespace: string
  name: string
  uid: string
  phase: string
  created: string
  node: string
  /** account is namespace/name of a pod's service account. */
  account: string
  /** workload is Kind/name of what a pod belongs to. */
  workload: string
  images: string[]
  addresses: string[]
  /** containers are name=id. */
  containers: string[]
  hostNetwork: boolean
  /** subjects are whom a role is bound to, or bindings an account has. */
  bound: string[]
  /** requests and refusals of an account. */
  requests: number
  refused: number
  first: string
  last: string
  /** told is where it is known from. */
  told: 'inventory' | 'audit'
}

export function thing(kind: Kind, part: Partial<Thing>): Thing {
  return {
    kind, what: kinds[kind], cluster: '', namespace: '', name: '', uid: '', phase: '', created: '', node: '', account: '', workload: '', images: [], addresses: [], containers: [],
    hostNetwork: false, bound: [], requests: 0, refused: 0, first: '', last: '', told: 'inventory', ...part,
  }
}

/** inOrder compares names. Ten thousand of them are sorted at a click, for which localeCompare is too slow. */
export const inOrder = new Intl.Collator('en').compare

/** key tells things of a kind apart. */
export function key(t: Pick<Thing, 'cluster' | 'namespace' | 'what' | 'name'>): string {
  return [t.cluster, t.namespace, t.what, t.name].join('\n')
}

const userPrefix = 'system:serviceaccount:'

/** userOf is the user name of a service account that is written as namespace/name. */
export function userOf(account: string): string {
  const at = account.indexOf('/')
  return at < 0 ? account : `${userPrefix}${account.slice(0, at)}:${account.slice(at + 1)}`
}

/** whoIs says what kind of account a user name is. */
export function whoIs(user: string): string {
  if (user.startsWith(userPrefix)) return 'ServiceAccount'
  if (user.startsWith('system:node:')) return 'Node'
  if (user.startsWith('system:')) return 'System'
  return 'Person'
}

/** containerOf is the name of a container and the beginning of its id, from name=runtime://id. */
export function containerOf(container: string): [string, string] {
  const at = container.indexOf('=')
  const id = container.slice(at + 1)
  return [container.slice(0, at), id.slice(id.lastIndexOf('/') + 1).slice(0, 12)]
}

/** ended are pods that run no more. */
export function ended(t: Thing): boolean {
  return t.phase === 'Succeeded' || t.phase === 'Failed'
}

/** atOf are the parts of an address that a link to another thing keeps. */
export interface Frame {
  at: string
  cluster: string
}

/** link is the address of a thing's page. */
export function link(t: { kind: Kind; what?: string; cluster?: string; namespace?: string; name: string }, frame: Frame): string {
  const q = new URLSearchParams()
  const put = (name: string, value: string | undefined) => value && q.set(name, value)
  put('cluster', t.cluster || frame.cluster)
  put('namespace', t.namespace)
  put('what', t.what === kinds[t.kind] ? '' : t.what)
  put('name', t.name)
  put('at', frame.at)
  return `/inventory/${t.kind}?${q.toString()}`
}
