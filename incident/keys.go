package incident

import (
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/rule"
)

// keyKind is what findings have in common. The order is that in which
// Incident.Links names them.
type keyKind uint8

const (
	keyUser       keyKind = iota // the same person
	keyAccount                   // the same service account
	keyCredential                // the same token or certificate
	keyAddress                   // the same external address, used by few
	keySystemFrom                // the same component's name, or no name, used from the same external address
	keyCaller                    // tokens used in the same pod
	keyPodToken                  // a pod was touched, then its token was used, or calls came from it
	keyGrant                     // an identity was made, given rights or a token, then it acted
	keyWorkload                  // a workload was made, then one of its pods acted or was entered
	keyRequest                   // a certificate request was made, then approved
	keyPodAlert                  // a pod was entered or made, then another tool warned of what ran in it
)

// key is one thing that findings may have in common, within a cluster.
type key struct {
	kind    keyKind
	cluster string
	value   string
}

// role says which part a finding has in what its key joins.
type role uint8

const (
	same   role = iota // has the identity: joins all others that have it
	cause              // made it possible: joins the effects that did not end before it
	effect             // used it
)

type member struct {
	finding int32
	role    role
}

// index collects the members of every key.
type index map[key][]member

func (x index) add(f *detect.Finding, i int32, r role, kind keyKind, value string) {
	if value == "" {
		return
	}
	k := key{kind, f.Cluster, value}
	x[k] = append(x[k], member{i, r})
}

// indexFindings returns what findings have in common.
func indexFindings(findings []*detect.Finding, o Options) index {
	few := usedByFew(findings, o)
	x := index{}
	for i, f := range findings {
		x.identities(f, int32(i), few)
		x.causes(f, int32(i))
		x.effects(f, int32(i))
	}
	return x
}

// identities adds the keys by which a finding joins whatever shares them.
func (x index) identities(f *detect.Finding, i int32, few map[key]bool) {
	p := principalOf(f)
	switch p.kind {
	case Person:
		x.add(f, i, same, keyUser, p.name)
		x.add(f, i, same, keyCredential, f.Actor.CredentialID)
	case ServiceAccount:
		x.add(f, i, same, keyAccount, p.name)
		x.add(f, i, same, keyCredential, f.Actor.CredentialID)
	}
	for _, ip := range externalAddresses(f) {
		if few[key{keyAddress, f.Cluster, ip}] {
			x.add(f, i, same, keyAddress, ip)
		} else if p.kind == System || p.kind == Anonymous {
			x.add(f, i, same, keySystemFrom, p.name+" from "+ip)
		}
	}
	// A pod joins what it did with tokens: its own, and those that service
	// accounts never gave it. What people do through it does not join, for it
	// may be a dashboard or a proxy.
	if a := &f.Actor; a.CallerPod != "" && strings.HasPrefix(signedIn(f), saPrefix) {
		x.add(f, i, same, keyCaller, a.CallerPod)
	}
}

// causes adds what a finding makes possible. What was refused makes nothing
// possible, and what is not worth a look of its own (below medium) is ordinary
// work: only entering a pod counts always.
func (x index) causes(f *detect.Finding, i int32) {
	if allFailed(f) {
		return
	}
	t := &f.Target
	named := t.Namespace + "/" + t.Name
	if t.Resource == "pods" && entersPod[t.Subresource] {
		x.add(f, i, cause, keyPodToken, named)
		x.add(f, i, cause, keyPodAlert, named)
	}
	if f.Severity < rule.Medium {
		return
	}
	switch reads := readVerbs[t.Verb]; {
	case t.Resource == "secrets" && reads:
		// A legacy token secret is called after its account.
		if account, _, ok := strings.Cut(t.Name, "-token-"); ok {
			x.add(f, i, cause, keyGrant, t.Namespace+"/"+account)
		}
	case reads || t.Verb == "delete" || t.Verb == "deletecollection":
	case t.Resource == "serviceaccounts":
		x.add(f, i, cause, keyGrant, named)
	case t.Resource == "certificatesigningrequests" && t.Verb == "create":
		x.add(f, i, cause, keyRequest, t.Name)
	case bindings[t.Resource]:
		for _, s := range boundSubjects(f) {
			x.add(f, i, cause, keyGrant, s)
		}
	case workloads[t.Resource] && t.Subresource == "":
		x.add(f, i, cause, keyWorkload, named)
		if t.Resource == "pods" {
			x.add(f, i, cause, keyPodToken, named)
			x.add(f, i, cause, keyPodAlert, named)
		}
	}
}

// effects adds what made a finding possible, if anything did.
func (x index) effects(f *detect.Finding, i int32) {
	t := &f.Target
	p := principalOf(f)
	if p.kind == Person || p.kind == ServiceAccount {
		x.add(f, i, effect, keyGrant, p.name)
	}
	token := tokenPod(&f.Actor)
	for _, pod := range slices.Compact([]string{token, f.Actor.CallerPod}) {
		ns, name, ok := strings.Cut(pod, "/")
		if !ok {
			continue
		}
		x.add(f, i, effect, keyPodToken, pod)
		for _, w := range ownerNames(name) {
			x.add(f, i, effect, keyWorkload, ns+"/"+w)
		}
	}
	if alertRule(f) != "" && t.Name != "" {
		x.add(f, i, effect, keyPodAlert, t.Namespace+"/"+t.Name)
	}
	switch {
	case t.Resource == "pods" && entersPod[t.Subresource],
		workloads[t.Resource] && t.Subresource == "" && t.Verb == "create" && p.kind == System:
		// Entered by somebody, or made by a controller from its owner.
		for _, w := range ownerNames(t.Name) {
			x.add(f, i, effect, keyWorkload, t.Namespace+"/"+w)
		}
	case t.Resource == "certificatesigningrequests" && t.Verb != "create":
		x.add(f, i, effect, keyRequest, t.Name)
	}
}
