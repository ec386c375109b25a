package identity

import (
	"slices"
	"strconv"
	"strings"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/rawjson"
	"github.com/lynceus-io/lynceus/inventory"
)

// remember gives the history what one object, or a patch of one, tells of
// itself. The answer to a deletion tells that the object is gone, or when it
// will be.
func (c *Callers) remember(cl *cluster, v *rawjson.Values, base int, w words) {
	e := w.e
	group, resource := event.ResourceGroup.Get(e), event.ResourceType.Get(e)
	o := inventory.Object{
		Cluster: event.K8sCluster.Get(e), ClusterUID: event.K8sClusterUID.Get(e), Time: w.t, Change: inventory.Changed,
		Group: group, Version: event.ResourceVersion.Get(e), Resource: resource, Kind: kindOf(group, resource),
		Namespace: w.namespace, Name: w.name,
		UID: text(v, base+objUID), ResourceVersion: text(v, base+objResourceVersion),
		Created: timeAt(v, base+objCreated), Deleting: timeAt(v, base+objDeleting),
	}
	switch kind := text(v, base+objKind); {
	case kind == "Status":
		o.UID, o.ResourceVersion = text(v, base+objGoneUID), ""
	case o.Kind == "":
		o.Kind = kind
	}
	if name := text(v, base+objName); o.Name == "" {
		o.Name = name
	}
	if o.Namespace == "" {
		o.Namespace = text(v, base+objNamespace)
	}
	if isCustom(group) && o.Kind != "" && o.Kind != "Status" {
		cl.learnKind(group, o.Kind, resource)
	}
	if event.ResourceSubresource.Get(e) == "binding" {
		// The object of a binding is a Binding; what it tells is where the pod is.
		o = inventory.Object{Cluster: o.Cluster, ClusterUID: o.ClusterUID, Time: o.Time, Change: o.Change, Version: "v1", Resource: resource, Kind: o.Kind,
			Namespace: o.Namespace, Name: w.name, UID: event.ResourceUID.Get(e), Node: text(v, base+objTarget)}
		if o.Node == "" {
			return
		}
	}
	c.details(cl, v, base, &o)
	switch event.APIOperation.Get(e) {
	case "create":
		if w.answer && event.ResourceSubresource.Get(e) == "" {
			o.Change = inventory.Added
		}
	case "delete":
		switch {
		case !w.answer:
			return // what was sent are options
		case resource != "pods" && o.Deleting == 0, resource == "pods" && endsNow(e, v):
			o.Change = inventory.Deleted
		case o.Deleting == 0:
			return // it has some time to end, and nobody says how much
		}
	}
	if o.UID == "" && o.Change != inventory.Deleted && o.Node == "" {
		return
	}
	c.history.Apply(&o)
}

// details reads what the kind of an object has beside its metadata.
func (c *Callers) details(cl *cluster, v *rawjson.Values, base int, o *inventory.Object) {
	o.Owner = c.bodies.controller(v, base)
	switch o.Kind {
	case "Pod":
		if o.Node == "" {
			o.Node = text(v, base+objNodeName)
		}
		o.ServiceAccount = text(v, base+objAccount)
		o.HostNetwork = text(v, base+objHostNetwork) == "true"
		o.Phase = text(v, base+objPhase)
		o.Addresses = cl.addressesIn(v, base, objPodIP, objPodIPs)
		if hash := text(v, base+objTemplateHash); hash != "" {
			o.Labels = map[string]string{"pod-template-hash": hash}
		}
	case "Node":
		o.Addresses = cl.addressesIn(v, base, objNodeAddress)
		o.Networks = cl.networksIn(v, base)
	case "Service":
		o.Addresses = cl.addressesIn(v, base, objClusterIP, objClusterIPs)
	case "Endpoints", "EndpointSlice":
		o.Addresses = cl.addressesIn(v, base, objSubsets, objEndpoints)
	}
	if o.HostNetwork && len(o.Addresses) == 0 {
		o.Addresses = cl.addressesIn(v, base, objHostIP, objHostIPs)
	}
}

// noteWrite notes who wrote the object of an event, with what the bodies tell
// of it.
func (c *Callers) noteWrite(cl *cluster, e *event.Event, v *rawjson.Values, t int64) {
	b := body{
		uid: text(v, inResponse+objUID), created: timeAt(v, inResponse+objCreated), owner: c.bodies.controller(v, inResponse),
		generation: number(v, inResponse+objGeneration),
	}
	for _, slot := range [...]int{objTemplate, objJobTemplate} {
		if l := v.Leaves(inResponse + slot); len(l) > 0 && l[len(l)-1].Kind == rawjson.Object {
			b.template = hashText(l[len(l)-1].Raw)
		}
		b.asked = b.asked || len(v.Leaves(inRequest+slot)) > 0
	}
	b.asked = b.asked || slices.ContainsFunc(v.Leaves(inPatch), func(l rawjson.Leaf) bool {
		return strings.HasPrefix(string(l.Text), "/spec/template") || strings.HasPrefix(string(l.Text), "/spec/jobTemplate") || string(l.Text) == "/spec"
	})
	b.read = event.AuditResponseObject.Has(e) || event.AuditRequestObject.Has(e)
	cl.learnWrite(e, t, b)
}

// text returns the first value of a slot, "" for none.
func text(v *rawjson.Values, slot int) string { return string(first(v, slot)) }

// number returns the first value of a slot as a number, 0 for none.
func number(v *rawjson.Values, slot int) int64 {
	n, err := strconv.ParseInt(text(v, slot), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// endsNow reports whether the deletion of a pod takes effect at once: its
// kubelet says that it has ended, or it was given no time.
func endsNow(e *event.Event, v *rawjson.Values) bool {
	return strings.HasPrefix(event.AuditUserName.Get(e), nodeAccount) || isForced(e) || text(v, inResponse+objGrace) == "0"
}

// kindOf returns the kind of a resource that comes with Kubernetes and that
// the history is told of, "" for others.
func kindOf(group, resource string) string {
	switch group {
	case "":
		switch resource {
		case "pods":
			return "Pod"
		case "nodes":
			return "Node"
		case "services":
			return "Service"
		case "endpoints":
			return "Endpoints"
		case "replicationcontrollers":
			return "ReplicationController"
		}
	case "apps":
		switch resource {
		case "deployments":
			return "Deployment"
		case "replicasets":
			return "ReplicaSet"
		case "statefulsets":
			return "StatefulSet"
		case "daemonsets":
			return "DaemonSet"
		}
	case "batch":
		switch resource {
		case "jobs":
			return "Job"
		case "cronjobs":
			return "CronJob"
		}
	case "discovery.k8s.io":
		if resource == "endpointslices" {
			return "EndpointSlice"
		}
	}
	return ""
}

// resourceOf returns the resource of a kind: as it was seen, else as names are
// usually made (kubectl guesses likewise).
func (cl *cluster) resourceOf(group, kind string) string {
	if r, ok := cl.kinds[groupKind{group, kind}]; ok {
		return r
	}
	low := strings.ToLower(kind)
	switch {
	case low == "":
		return ""
	case strings.HasSuffix(low, "s"):
		low += "es"
	case strings.HasSuffix(low, "y"):
		low = low[:len(low)-1] + "ies"
	default:
		low += "s"
	}
	if len(cl.kinds) < maxKinds {
		cl.kinds[groupKind{strings.Clone(group), strings.Clone(kind)}] = low
	}
	return low
}

// groupKind names a kind.
type groupKind struct{ group, kind string }

// maxKinds bounds the kinds whose resources are remembered.
const maxKinds = 4096

// learnKind notes the resource of a kind that does not come with Kubernetes.
func (cl *cluster) learnKind(group, kind, resource string) {
	key := groupKind{group, kind}
	if cl.kinds[key] == resource || len(cl.kinds) >= maxKinds {
		return
	}
	cl.kinds[groupKind{strings.Clone(group), strings.Clone(kind)}] = strings.Clone(resource)
}
