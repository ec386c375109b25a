package identity

import (
	"net/netip"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/identity/own"
	"github.com/lynceus-io/lynceus/inventory"
)

// Times of event time that decide what is believed. docs/callers.md has the
// reasoning.
const (
	// settleTime is how long a public address may still turn out to be the
	// cluster's own after its first call.
	settleTime = int64(2 * time.Minute)
	// placesTime is how long a place counts where a credential was used.
	placesTime = int64(time.Hour)
	// podGrace is how long a pod may live on after it was told to end, where
	// the log does not say: long, since few pods ask for more than that.
	podGrace = int64(10 * time.Minute)
)

// DefaultCallersBytes bounds what Callers remembers: it suffices for 10,000 pods.
const DefaultCallersBytes = 40 << 20

// CallersOptions are what [Callers] is made with.
type CallersOptions struct {
	// Inside are networks whose addresses are never outside, besides what is
	// learned: offices, VPNs, nodes, pods.
	Inside []netip.Prefix
	// Feeds are threat feeds, and lists of what is harmless.
	Feeds []*Feed
	// Bytes bounds what is remembered of each cluster; 0 means the default.
	Bytes int64
	// History is what is known of the cluster's objects; nil begins with an
	// empty one. Callers tells it what audit events say, and is its only user.
	History *inventory.History
	// Agent returns the key of a cluster's own agent, by which its requests are
	// known; nil where no agent is.
	Agent func(clusterUID, cluster string) own.Key
}

// Callers sets the contextual fields of events: where the caller of an audit
// event is, which pod it is, which pod its token belongs to, who made the pod
// that an event is about, and who had the addresses of a flow. It learns from
// the audit events and rows of the inventory that it is given, which must come
// about in order of time.
//
// It is for one goroutine.
type Callers struct {
	inside   *Set
	feeds    []*Feed
	allowed  []*Feed
	bytes    int64
	clusters map[string]*cluster // one may have two names: "" and its own
	last     *cluster
	bodies   bodies
	history  *inventory.History
	agent    func(clusterUID, cluster string) own.Key
	row      inventory.Object
	join     join
	lacks    bool // the event that was observed last
}

// anonymousUser is who calls without a credential.
const anonymousUser = "system:anonymous"

// maxClusters bounds how many clusters are told apart. Further ones share
// what they know, and are then told apart by nothing.
const maxClusters = 256

// NewCallers returns a Callers that has learned nothing yet.
func NewCallers(opts CallersOptions) (*Callers, error) {
	c := &Callers{inside: NewSet(opts.Inside), bytes: opts.Bytes, clusters: map[string]*cluster{}, history: opts.History, agent: opts.Agent}
	if c.history == nil {
		c.history = inventory.NewHistory(inventory.HistoryOptions{})
	}
	if c.bytes <= 0 {
		c.bytes = DefaultCallersBytes
	}
	for _, f := range opts.Feeds {
		if f.Allow {
			c.allowed = append(c.allowed, f)
		} else {
			c.feeds = append(c.feeds, f)
		}
	}
	var err error
	c.bodies, err = newBodies()
	return c, err
}

// Observe learns from an event and sets its contextual fields. settled is
// false while what is not known, or believed of it, may yet turn out to be
// otherwise.
func (c *Callers) Observe(e *event.Event) (settled bool) {
	switch e.Class {
	case event.ClassAudit:
		return c.observeAudit(e)
	case event.ClassInventory:
		c.observeRow(e)
		return true
	}
	if !ofRuntime(e.Class) {
		c.lacks = false
		return c.resolve(e, false)
	}
	cl := c.watched(event.K8sCluster.Get(e))
	t := timeOf(e, cl.clock)
	cl.clock = max(cl.clock, t)
	cl.learnStart(e, t)
	settled = c.resolve(e, false)
	c.lacks = c.join.lacks
	return settled
}

// ofRuntime reports whether rows of a table are of what programs on nodes do.
func ofRuntime(c event.Class) bool {
	switch c {
	case event.ClassProcess, event.ClassFile, event.ClassNetwork, event.ClassDNS, event.ClassKernel, event.ClassModule, event.ClassMemory, event.ClassAlert:
		return true
	}
	return false
}

// Lacks reports whether the event that was observed last is one of a request
// in a cluster that is watched, and says less than it may when more is known:
// which pod it is about, who called, whether a token was at home; or one of a
// process that somebody started in a container, and it is not known who.
func (c *Callers) Lacks() bool { return c.lacks }

// Complete is Resolve, and returns what Lacks does of the event then.
func (c *Callers) Complete(e *event.Event) (lacks bool) {
	c.resolve(e, true)
	return c.join.lacks && (c.join.cl.watched || ofRuntime(e.Class))
}

func (c *Callers) observeAudit(e *event.Event) (settled bool) {
	cl := c.cluster(event.K8sCluster.Get(e))
	t := timeOf(e, cl.clock)
	cl.clock = max(cl.clock, t)
	a := c.address(cl, e, t)
	if a != nil && a.scope == scopePublic {
		if name := event.AuditUserName.Get(e); name != "" && name != anonymousUser {
			a.addName(name)
		}
	}
	c.ownAgent(e)
	cl.learnAccount(e, a, t)
	if isNodeDeletion(e) {
		cl.forgetNode(event.ResourceName.Get(e))
	}
	grace := int64(noGrace)
	if learnsObjects(e) {
		grace = c.learnObjects(cl, e, a, t)
	}
	cl.learnPods(e, t, grace)
	cl.learnExec(e, t)
	settled = c.place(cl, a, e, t)
	if id := event.AuditCredentialID.Get(e); id != "" && a != nil {
		event.AuditCredentialPlaces.Set(e, cl.places(id, a, t))
	}
	if uid := event.AuditTokenPodUID.Get(e); uid != "" {
		event.AuditTokenPodState.Set(e, cl.tokenPod(e, uid, t))
	}
	c.join.begin(c, cl, e, t, false)
	joined := c.join.audit(a)
	c.lacks = c.join.lacks && cl.watched
	return joined && settled
}

// Resolve sets the contextual fields of an event again, by what is known now.
// It learns nothing.
func (c *Callers) Resolve(e *event.Event) { c.resolve(e, true) }

func (c *Callers) resolve(e *event.Event, fresh bool) (settled bool) {
	cl := c.cluster(event.K8sCluster.Get(e))
	t := timeOf(e, cl.clock)
	c.join.begin(c, cl, e, t, fresh)
	if ofRuntime(e.Class) {
		person, lacks := c.join.person()
		defer func() { settled, c.join.lacks = settled && person, lacks }()
	}
	switch e.Class {
	case event.ClassAudit:
		a := c.address(cl, e, t)
		settled = c.place(cl, a, e, t)
		return c.join.audit(a) && settled
	case event.ClassNetwork, event.ClassDNS:
		pod := c.join.pod()
		return c.join.flow() && pod
	case event.ClassInventory, event.ClassFinding, event.ClassIncident:
		return true
	}
	return c.join.pod()
}

// Identities returns how many different users signed in from a public address,
// up to 8, in the cluster where they were most; 0 when it is not known.
func (c *Callers) Identities(address string) int {
	most := 0
	for _, cl := range c.clusters {
		if a := cl.addresses.get(address); a != nil {
			most = max(most, a.identities())
		}
	}
	return most
}

// Evicted returns how much was forgotten because there was no room.
func (c *Callers) Evicted() int64 {
	n := c.history.Evicted()
	for name, cl := range c.clusters {
		if name != cl.name {
			continue // it is counted under its name
		}
		n += cl.addresses.evicted + cl.accounts.evicted + cl.facts.evicted + cl.pods.evicted + cl.names.evicted + cl.credentials.evicted +
			cl.podWrites.evicted + cl.ownerWrites.evicted
	}
	return n
}

// cluster returns what is known of a cluster.
func (c *Callers) cluster(name string) *cluster {
	if c.last != nil && (c.last.name == name || name == "" && c.last.nameless) {
		return c.last
	}
	cl := c.clusters[name]
	if cl == nil {
		if len(c.clusters) >= maxClusters {
			name = ""
		}
		if cl = c.clusters[name]; cl == nil {
			cl = newCluster(name, c.bytes)
			c.clusters[cl.name] = cl
		}
	}
	c.last = cl
	return cl
}

// place sets audit.caller_outside, audit.caller_method and
// audit.listed_address.
func (c *Callers) place(cl *cluster, a *address, e *event.Event, t int64) (settled bool) {
	if a == nil {
		event.AuditCallerOutside.Set(e, "unknown")
		e.Clear(event.AuditCallerMethod.ID())
		e.Clear(event.AuditListedAddress.ID())
		return true
	}
	if len(a.listed) > 0 {
		event.AuditListedAddress.Set(e, a.listed)
	} else {
		e.Clear(event.AuditListedAddress.ID())
	}
	outside, method := cl.outside(a)
	event.AuditCallerOutside.Set(e, outside)
	if method == "" {
		e.Clear(event.AuditCallerMethod.ID())
	} else {
		event.AuditCallerMethod.Set(e, method)
	}
	return outside != "yes" || t-a.first > settleTime
}

// timeOf returns when an event happened, or otherwise.
func timeOf(e *event.Event, otherwise int64) int64 {
	switch {
	case event.Time.Has(e):
		return event.Time.Get(e)
	case event.ReceivedTime.Has(e):
		return event.ReceivedTime.Get(e)
	}
	return otherwise
}
