package identity

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/event/rawjson"
	"github.com/lynceus-io/lynceus/inventory"
)

// bodies reads the objects in the bodies of requests and answers.
type bodies struct {
	document, object, reference *rawjson.Extractor
	values, inner, owner        rawjson.Values
}

// What is read of an object. In a document these slots stand three times: for
// the request, for the answer, and then the items of an answer that is a list.
const (
	objKind = iota
	objVersion
	objName
	objNamespace
	objUID
	objResourceVersion
	objGeneration
	objCreated
	objDeleting
	objGrace
	objOwners
	objTemplateHash
	objNodeAddress
	objPodCIDR
	objPodCIDRs
	objPodIP
	objPodIPs
	objHostIP
	objHostIPs
	objNodeName
	objAccount
	objHostNetwork
	objPhase
	objTemplate
	objJobTemplate
	objClusterIP
	objClusterIPs
	objSubsets
	objEndpoints
	objTarget
	objGoneUID
	objSlots

	inRequest  = 0
	inResponse = objSlots
	inItems    = 2 * objSlots
	// inPatch is the request itself, where it is a list of changes (RFC 6902).
	inPatch = inItems + 1
)

// objectPaths are the paths of the slots. Source: objects of the core, apps
// and batch APIs, https://kubernetes.io/docs/reference/kubernetes-api/.
var objectPaths = [objSlots]string{
	objKind:            "kind",
	objVersion:         "apiVersion",
	objName:            "metadata.name",
	objNamespace:       "metadata.namespace",
	objUID:             "metadata.uid",
	objResourceVersion: "metadata.resourceVersion",
	objGeneration:      "metadata.generation",
	objCreated:         "metadata.creationTimestamp",
	objDeleting:        "metadata.deletionTimestamp",
	objGrace:           "metadata.deletionGracePeriodSeconds",
	objOwners:          "metadata.ownerReferences",
	objTemplateHash:    "metadata.labels.pod-template-hash",
	objNodeAddress:     "status.addresses.address",
	objPodCIDR:         "spec.podCIDR",
	objPodCIDRs:        "spec.podCIDRs",
	objPodIP:           "status.podIP",
	objPodIPs:          "status.podIPs.ip",
	objHostIP:          "status.hostIP",
	objHostIPs:         "status.hostIPs.ip",
	objNodeName:        "spec.nodeName",
	objAccount:         "spec.serviceAccountName",
	objHostNetwork:     "spec.hostNetwork",
	objPhase:           "status.phase",
	objTemplate:        "spec.template",
	objJobTemplate:     "spec.jobTemplate",
	objClusterIP:       "spec.clusterIP",
	objClusterIPs:      "spec.clusterIPs",
	objSubsets:         "subsets.addresses.ip",
	objEndpoints:       "endpoints.addresses",
	objTarget:          "target.name",
	objGoneUID:         "details.uid",
}

// What is read of a reference to an owner.
const (
	refVersion = iota
	refKind
	refName
	refUID
	refController
	refSlots
)

var referencePaths = [refSlots]string{
	refVersion: "apiVersion", refKind: "kind", refName: "name", refUID: "uid", refController: "controller",
}

func newBodies() (b bodies, err error) {
	var document, object, reference []rawjson.Path
	add := func(to *[]rawjson.Path, text string) {
		p, perr := rawjson.ParsePath(text)
		err = errors.Join(err, perr)
		*to = append(*to, p)
	}
	for _, root := range []string{"requestObject.", "responseObject."} {
		for _, p := range objectPaths {
			add(&document, root+p)
		}
	}
	add(&document, "responseObject.items")
	add(&document, "requestObject.path")
	for _, p := range objectPaths {
		add(&object, p)
	}
	for _, p := range referencePaths {
		add(&reference, p)
	}
	if err != nil {
		return b, err
	}
	if b.document, err = rawjson.Compile(document, rawjson.Options{}); err != nil {
		return b, err
	}
	if b.object, err = rawjson.Compile(object, rawjson.Options{}); err != nil {
		return b, err
	}
	b.reference, err = rawjson.Compile(reference, rawjson.Options{})
	return b, err
}

// first returns the first value in a slot, or nil.
func first(v *rawjson.Values, slot int) []byte {
	if l := v.Leaves(slot); len(l) > 0 && l[0].Kind != rawjson.Null {
		return l[0].Text
	}
	return nil
}

// timeAt returns a time of RFC 3339 in nanoseconds since 1970, 0 for none.
func timeAt(v *rawjson.Values, slot int) int64 {
	text := first(v, slot)
	if len(text) == 0 {
		return 0
	}
	t, err := time.Parse(time.RFC3339Nano, string(text))
	if err != nil {
		return 0
	}
	return t.UnixNano()
}

// controller returns the owner that controls an object, zero for none.
func (b *bodies) controller(v *rawjson.Values, base int) inventory.Reference {
	for _, l := range v.Leaves(base + objOwners) {
		if l.Kind != rawjson.Object || b.reference.Extract(l.Raw, &b.owner) != nil {
			continue
		}
		if string(first(&b.owner, refController)) != "true" {
			continue
		}
		group, _, ok := strings.Cut(string(first(&b.owner, refVersion)), "/")
		if !ok {
			group = ""
		}
		return inventory.Reference{
			Group: group, Kind: string(first(&b.owner, refKind)), Name: string(first(&b.owner, refName)), UID: string(first(&b.owner, refUID)),
		}
	}
	return inventory.Reference{}
}

// addressesIn returns the addresses in slots, each once, that may be believed. Names of
// hosts are none.
func (cl *cluster) addressesIn(v *rawjson.Values, base int, slots ...int) (out []netip.Addr) {
	cl.eachAddress(v, base, func(ip netip.Addr) {
		if !slices.Contains(out, ip) {
			out = append(out, ip)
		}
	}, slots...)
	return out
}

// networksIn returns a node's networks of pods that may be believed.
func (cl *cluster) networksIn(v *rawjson.Values, base int) (out []netip.Prefix) {
	for _, slot := range [...]int{objPodCIDR, objPodCIDRs} {
		for _, l := range v.Leaves(base + slot) {
			if p, err := netip.ParsePrefix(string(l.Text)); err == nil && !cl.tainted[p.Addr()] && !slices.Contains(out, p) {
				out = append(out, p)
			}
		}
	}
	return out
}
