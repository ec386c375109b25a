package identity

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/event"
)

// nodeAccount begins the user names of kubelets, nodesGroup is their group.
// Source: https://kubernetes.io/docs/reference/access-authn-authz/node/.
const (
	nodeAccount = "system:node:"
	nodesGroup  = "system:nodes"
)

// What teaches that an address is the one an account calls from.
const (
	// A kubelet renews its lease every 10 s, the control plane its own every
	// 2 s. Three renewals over 15 s from one address, with no call from
	// another between them, cannot be had while the real one is running.
	beatsNeeded = 3
	beatsTime   = int64(15 * time.Second)
	// Where the audit policy leaves leases out: so many calls, likewise.
	callsNeeded = 20
	callsTime   = int64(10 * time.Minute)
)

// maxKnown is how many addresses of a node's object are kept.
const maxKnown = 16

// account is what is known of where a kubelet, the scheduler or the
// controller manager calls from.
type account struct {
	// known are the addresses that its Node object names.
	known []netip.Addr
	// current is where it calls from; not valid until that is learned.
	current netip.Addr
	// candidate is another address it called from, since when, how often, and
	// with how many heartbeats, with no call from elsewhere between.
	candidate    netip.Addr
	since        int64
	calls, beats int
}

// learnAccount notes from where an account of the cluster's own called.
func (cl *cluster) learnAccount(e *event.Event, a *address, t int64) {
	name := event.AuditUserName.Get(e)
	if a == nil || !strings.HasPrefix(name, "system:") || event.AuditImpersonatedUserName.Has(e) || !succeeded(e) {
		return
	}
	if !isOwnAccount(name, event.AuditUserGroups.Get(e)) {
		return
	}
	acc := cl.accounts.get(name)
	if acc == nil {
		acc = cl.accounts.put(strings.Clone(name))
	}
	switch {
	case a.ip == acc.current:
		acc.candidate = netip.Addr{}
		return
	case slices.Contains(acc.known, a.ip):
		cl.establish(acc, a.ip, name)
		return
	case a.ip != acc.candidate:
		acc.candidate, acc.since, acc.calls, acc.beats = a.ip, t, 0, 0
	}
	acc.calls++
	if isHeartbeat(e, name) {
		acc.beats++
	}
	regular := acc.calls >= callsNeeded && t-acc.since >= callsTime && len(acc.known) == 0 && !acc.current.IsValid()
	if acc.beats >= beatsNeeded && t-acc.since >= beatsTime || regular {
		cl.establish(acc, a.ip, name)
	}
}

// isNodeDeletion reports whether an event took a node out of the cluster.
func isNodeDeletion(e *event.Event) bool {
	return event.ResourceType.Get(e) == "nodes" && event.APIOperation.Get(e) == "delete" &&
		event.ResourceSubresource.Get(e) == "" && succeeded(e)
}

// establish makes an address the one that an account calls from.
func (cl *cluster) establish(acc *account, ip netip.Addr, name string) {
	acc.current, acc.candidate = ip, netip.Addr{}
	delete(cl.tainted, ip)
	cl.learnNode(ip, name)
}

// isOwnAccount reports whether a user is a kubelet or a control-plane
// component that calls with a credential of its own.
func isOwnAccount(name string, groups []string) bool {
	switch name {
	case "system:kube-controller-manager", "system:kube-scheduler", "system:cloud-controller-manager":
		return true
	}
	return strings.HasPrefix(name, nodeAccount) && slices.Contains(groups, nodesGroup)
}

// isHeartbeat reports whether an event is one that its account sends for as
// long as it lives: the renewal of its own lease, or of its node's status.
func isHeartbeat(e *event.Event, account string) bool {
	switch event.APIOperation.Get(e) {
	case "create", "update", "patch":
	default:
		return false
	}
	own := strings.TrimPrefix(account, nodeAccount)
	name := event.ResourceName.Get(e)
	switch event.ResourceType.Get(e) {
	case "leases":
		if own != account {
			return event.K8sNamespace.Get(e) == "kube-node-lease" && name == own
		}
		return event.K8sNamespace.Get(e) == "kube-system" && name == strings.TrimPrefix(account, "system:")
	case "nodes":
		return own != account && name == own
	}
	return false
}

// succeeded reports whether the API server did what was asked.
func succeeded(e *event.Event) bool {
	code, ok := event.APIResponseCode.Get(e)
	return ok && code < 400 && !event.AuditDryRun.Get(e)
}
