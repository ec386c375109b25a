package inventory

import "strings"

// owner is an object that may own others.
type owner struct {
	item
	ownerName
	uid     string
	above   Reference // the owner that controls it
	aboveAt int64
}

// ownerName names an object of a cluster.
type ownerName struct{ group, kind, namespace, name string }

const (
	// costOwner is the estimate of what an owner uses beside its texts.
	costOwner = 640

	// maxOwners bounds how far up owners are followed. Real chains have four
	// at most: a resource of an operator, a CronJob, a Job, a pod.
	maxOwners = 32
)

// leaves are the built-in kinds that control no other object.
var leaves = map[string]bool{
	"ConfigMap": true, "Secret": true, "ServiceAccount": true, "Namespace": true, "Event": true,
	"PersistentVolume": true, "PersistentVolumeClaim": true, "EndpointSlice": true,
	"Role": true, "RoleBinding": true, "ClusterRole": true, "ClusterRoleBinding": true,
	"NetworkPolicy": true, "Ingress": true, "HorizontalPodAutoscaler": true,
	"ValidatingWebhookConfiguration": true, "MutatingWebhookConfiguration": true,
	"ValidatingAdmissionPolicy": true, "ValidatingAdmissionPolicyBinding": true,
	"CertificateSigningRequest": true, "CustomResourceDefinition": true, "Lease": true,
}

// mayOwn reports whether an object may be the owner of a workload.
func mayOwn(o *Object) bool {
	builtIn := o.Group == "" || strings.HasSuffix(o.Group, ".k8s.io") || o.Group == "autoscaling"
	return o.Name != "" && !(builtIn && leaves[o.Kind])
}

func (c *cluster) applyOwner(o *Object) (changed bool) {
	w := c.owners[o.UID]
	if w == nil {
		w = &owner{uid: strings.Clone(o.UID), ownerName: ownerName{
			group: c.h.words.share(o.Group), kind: c.h.words.share(o.Kind),
			namespace: c.h.words.share(o.Namespace), name: strings.Clone(o.Name),
		}}
		w.item = item{cluster: c, self: w}
		c.owners[w.uid] = w
		changed = true
	}
	above := w.above
	whole := o.ResourceVersion != "" && o.Created != 0
	if (o.Owner != (Reference{}) || whole) && (o.Time > w.aboveAt || o.Time == w.aboveAt && o.Owner.UID >= w.above.UID) {
		w.aboveAt = o.Time
		if o.Owner != above {
			w.above = c.h.shareReference(o.Owner)
		}
	}
	if changed {
		c.ownership++
	} else if above != w.above {
		c.links++
		changed = true
	}
	w.see(o)
	w.weigh()
	if w.settle() {
		changed = true
	}
	if latest := c.ownerNames[w.ownerName]; latest == nil || latest != w &&
		(w.born() > latest.born() || w.born() == latest.born() && w.uid > latest.uid) {
		c.ownerNames[w.ownerName] = w
	}
	return changed
}

// size implements kept.
func (w *owner) size() int64 {
	return costOwner + int64(len(w.uid)+len(w.group)+len(w.kind)+len(w.namespace)+len(w.name)+
		len(w.above.Group)+len(w.above.Kind)+len(w.above.Name)+len(w.above.UID))
}

// forget implements kept.
func (w *owner) forget() {
	c := w.cluster
	delete(c.owners, w.uid)
	if c.ownerNames[w.ownerName] == w {
		delete(c.ownerNames, w.ownerName)
	}
}

// ownerOf returns the object that a reference means in a namespace, or nil.
func (c *cluster) ownerOf(r Reference, namespace string) *owner {
	if r.UID != "" {
		return c.owners[r.UID]
	}
	if w := c.ownerNames[ownerName{r.Group, r.Kind, namespace, r.Name}]; w != nil {
		return w
	}
	return c.ownerNames[ownerName{r.Group, r.Kind, "", r.Name}]
}

// shareReference returns a reference that does not share the caller's memory.
func (h *History) shareReference(r Reference) Reference {
	return Reference{h.words.share(r.Group), h.words.share(r.Kind), h.words.share(r.Name), h.words.share(r.UID)}
}
