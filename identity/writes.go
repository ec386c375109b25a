package identity

import (
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/inventory"
)

// maxWrites is how many writes of an object are kept: the latest.
const maxWrites = 8

// objectKey names an object of a cluster.
type objectKey struct{ group, resource, namespace, name string }

// clone returns a key that shares no memory with an event.
func (k objectKey) clone() objectKey {
	return objectKey{strings.Clone(k.group), strings.Clone(k.resource), strings.Clone(k.namespace), strings.Clone(k.name)}
}

// object is what is known of who wrote an object that runs as pods, or makes
// others that do.
type object struct {
	uid     string
	created int64 // nanoseconds since 1970, 0 for unknown
	owner   inventory.Reference
	// template is a hash of its pod template as the API answered last, and
	// generation counts the changes of its specification; 0 for unknown.
	template   uint64
	generation int64
	writes     []write // in order of time
	// from is the template of its owner that it was made from, of a replica
	// set whose deployment's write was known once.
	from uint64
}

// write is a successful request that made an object or changed what its pods
// are made from.
type write struct {
	time int64
	user string
	uid  string // of its event
	// sure: it did. Otherwise it may have: the log does not say what it
	// changed.
	sure bool
	// template is a hash of the pod template after it, 0 for unknown.
	template uint64
}

// add notes a write in its place in time, and forgets the oldest beyond
// maxWrites. One that is known already changes nothing.
func (o *object) add(w write) bool {
	i := len(o.writes)
	for i > 0 && o.writes[i-1].time > w.time {
		i--
	}
	if slices.ContainsFunc(o.writes, func(have write) bool { return have.uid == w.uid && have.time == w.time }) {
		return false
	}
	o.writes = slices.Insert(o.writes, i, w)
	if len(o.writes) > maxWrites {
		o.writes = slices.Delete(o.writes, 0, 1)
	}
	return true
}

// with returns the latest write up to a time after which the object had a
// template, or nil.
func (o *object) with(template uint64, until int64) *write {
	for i := len(o.writes) - 1; i >= 0; i-- {
		if w := &o.writes[i]; w.time <= until && w.template == template {
			return w
		}
	}
	return nil
}

// before returns the writes that may have made what was there at a time, the
// latest first: down to the first that is sure.
func (o *object) before(at int64) []write {
	end := len(o.writes)
	for end > 0 && o.writes[end-1].time > at {
		end--
	}
	for i := end - 1; i >= 0; i-- {
		if o.writes[i].sure {
			return o.writes[i:end]
		}
	}
	return o.writes[:end]
}

// isOwnable reports whether objects of a resource are pods, or may be what
// pods belong to.
func isOwnable(group, resource string) bool {
	switch group {
	case "":
		return resource == "pods" || resource == "replicationcontrollers"
	case "apps":
		return resource != "controllerrevisions"
	case "batch":
		return true
	}
	return isCustom(group)
}

// isCustom reports whether an API group is none of Kubernetes' own.
func isCustom(group string) bool {
	return strings.Contains(group, ".") && !strings.HasSuffix(group, ".k8s.io")
}

// controllerAccount begins the names of the accounts of the controllers that
// come with Kubernetes; those of them that make objects for their owners end
// with -controller.
const controllerAccount = "system:serviceaccount:kube-system:"

// isController reports whether a user is a controller that comes with
// Kubernetes, or another part of the cluster itself: what it writes it
// writes for an owner, or to say how the object is.
func isController(user string) bool {
	switch user {
	case "system:kube-controller-manager", "system:kube-scheduler", "system:apiserver", controllerAccount + "generic-garbage-collector":
		return true
	}
	return strings.HasPrefix(user, controllerAccount) && strings.HasSuffix(user, "-controller") || strings.HasPrefix(user, nodeAccount)
}

// isWrite reports whether an event wrote an object that may be what pods
// belong to.
func isWrite(e *event.Event) bool {
	switch event.APIOperation.Get(e) {
	case "create", "update", "patch":
	default:
		return false
	}
	return event.ResourceSubresource.Get(e) == "" && event.ResourceName.Get(e) != "" && succeeded(e) &&
		isOwnable(event.ResourceGroup.Get(e), event.ResourceType.Get(e))
}

// body is what a request's bodies tell of the object that it wrote.
type body struct {
	uid        string
	created    int64
	owner      inventory.Reference
	generation int64
	// template is a hash of the pod template in the answer, 0 for none.
	template uint64
	// asked: the request itself names the template; read: the request or
	// the answer could be read.
	asked, read bool
}

// learnWrite notes who wrote an object.
func (cl *cluster) learnWrite(e *event.Event, t int64, b body) {
	key := objectKey{event.ResourceGroup.Get(e), event.ResourceType.Get(e), event.K8sNamespace.Get(e), event.ResourceName.Get(e)}
	kept := cl.written(key)
	o := kept.get(key)
	made := event.APIOperation.Get(e) == "create"
	user := event.ActorUserName.Get(e)
	sure, may := made, !b.read
	switch {
	case made || !b.read:
	case b.template != 0 && o != nil && o.template != 0:
		sure = b.template != o.template
	case b.template == 0 && b.generation != 0 && o != nil && o.generation != 0:
		sure = b.generation != o.generation
	case event.APIOperation.Get(e) == "patch" && key.resource != "pods" && b.template != 0:
		sure = b.asked
	default:
		may = true
	}
	if !sure && (!may || isController(user)) {
		if o != nil {
			o.note(b)
		}
		return
	}
	if o == nil {
		o = kept.put(key.clone())
	}
	if made {
		o.born(b.uid)
		o.created = t // which is more exact than what the object says, and by the same clock as other requests
	}
	o.note(b)
	if o.add(write{time: t, user: cl.user(user), uid: strings.Clone(event.MetadataUID.Get(e)), sure: sure, template: b.template}) {
		cl.writes++
	}
}

// note takes what the bodies of a write tell.
func (o *object) note(b body) {
	if b.uid != "" && b.uid != o.uid {
		o.born(b.uid)
	}
	if b.owner.Kind != "" {
		o.owner = b.owner
	}
	if o.created == 0 {
		o.created = b.created
	}
	if b.template != 0 {
		o.template = b.template
	}
	if b.generation != 0 {
		o.generation = b.generation
	}
}

// born forgets what was known of an earlier object of the same name, but not
// who wrote it: its pods may still be asked about.
func (o *object) born(uid string) {
	o.uid, o.owner, o.template, o.generation, o.created, o.from = uid, inventory.Reference{}, 0, 0, 0, 0
}

// written returns where the writers of an object are kept: pods apart, since
// they come and go.
func (cl *cluster) written(key objectKey) *lru[objectKey, object] {
	if key.group == "" && key.resource == "pods" {
		return cl.podWrites
	}
	return cl.ownerWrites
}

// user returns one copy of a user's name for all writes.
func (cl *cluster) user(name string) string {
	if own, ok := cl.users[name]; ok {
		return own
	}
	if len(cl.users) >= maxUsers {
		clear(cl.users)
	}
	own := strings.Clone(name)
	cl.users[own] = own
	return own
}

// maxUsers bounds the names of users that are kept once for all their writes.
const maxUsers = 4096
