package kube

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/maphash"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/lynceus-io/lynceus/collect/redact"
	"github.com/lynceus-io/lynceus/inventory"
)

// maxDocument is how long a document may be, in bytes. etcd keeps objects of
// 1.5 MiB at most; what is near that is data, not configuration.
const maxDocument = 256 << 10

// metadata is what a document keeps of an object's metadata: all but the
// versions, which every heartbeat changes, and the managers of fields.
type metadata struct {
	Name              string                  `json:"name"`
	GenerateName      string                  `json:"generateName,omitempty"`
	Namespace         string                  `json:"namespace,omitempty"`
	UID               string                  `json:"uid"`
	CreationTimestamp metav1.Time             `json:"creationTimestamp"`
	DeletionTimestamp *metav1.Time            `json:"deletionTimestamp,omitempty"`
	Labels            map[string]string       `json:"labels,omitempty"`
	Annotations       map[string]string       `json:"annotations,omitempty"`
	OwnerReferences   []metav1.OwnerReference `json:"ownerReferences,omitempty"`
	Finalizers        []string                `json:"finalizers,omitempty"`
}

// A converter makes rows of what the API server sends. It is for one
// goroutine.
type converter struct {
	resource *Resource
	redactor *redact.Redactor
	seed     maphash.Seed
}

// object returns an object, and a hash of all of it but Time, Change and
// ResourceVersion. x is changed.
func (c *converter) object(x metav1.Object) (*inventory.Object, uint64, error) {
	r := c.resource
	o := &inventory.Object{
		Group: r.Group, Version: r.Version, Resource: r.Name, Kind: r.Kind,
		Namespace: x.GetNamespace(), Name: x.GetName(), UID: string(x.GetUID()), ResourceVersion: x.GetResourceVersion(),
		Labels: x.GetLabels(),
	}
	if t := x.GetCreationTimestamp(); !t.IsZero() {
		o.Created = t.UnixNano()
	}
	if t := x.GetDeletionTimestamp(); !t.IsZero() {
		o.Deleting = t.UnixNano()
	}
	if owner := metav1.GetControllerOfNoCopy(x); owner != nil {
		group, _ := splitVersion(owner.APIVersion)
		o.Owner = inventory.Reference{Group: group, Kind: owner.Kind, Name: owner.Name, UID: string(owner.UID)}
	}
	m := metadata{
		Name: o.Name, GenerateName: x.GetGenerateName(), Namespace: o.Namespace, UID: o.UID, Labels: o.Labels,
		CreationTimestamp: x.GetCreationTimestamp(), DeletionTimestamp: x.GetDeletionTimestamp(),
		OwnerReferences: x.GetOwnerReferences(), Finalizers: x.GetFinalizers(),
	}
	var rest body
	if r.fill == nil {
		m.Annotations = blankAnnotations(x.GetAnnotations())
	} else {
		m.Annotations = keepAnnotations(x.GetAnnotations())
		rest = r.fill(o, x)
	}
	var err error
	if o.Document, err = c.document(m, rest); err != nil {
		return nil, 0, fmt.Errorf("%s %s/%s: %w", r, o.Namespace, o.Name, err)
	}
	return o, c.hash(o), nil
}

// document returns the text of an object, without its secrets.
func (c *converter) document(m metadata, rest body) ([]byte, error) {
	doc := body{}
	for name, v := range rest {
		doc[name] = v
	}
	doc["kind"], doc["metadata"] = c.resource.Kind, m
	doc["apiVersion"] = c.resource.GroupVersionResource().GroupVersion().String()
	text, err := json.Marshal(doc)
	if err != nil {
		return nil, err
	}
	if len(text) > maxDocument {
		m.Annotations, m.Finalizers = nil, nil
		text, err = json.Marshal(body{
			"apiVersion": doc["apiVersion"], "kind": doc["kind"], "metadata": m, "omitted": fmt.Sprintf("the object has %d bytes", len(text)),
		})
		if err != nil {
			return nil, err
		}
	}
	if suspect, _ := c.redactor.Suspect(text); !suspect {
		return text, nil
	}
	out, _, err := c.redactor.Document(nil, text, redact.Context{})
	return out, err
}

// hash tells one state of an object from another. What is no part of the
// document is added to it.
func (c *converter) hash(o *inventory.Object) uint64 {
	var h maphash.Hash
	h.SetSeed(c.seed)
	text := func(s string) {
		h.Write(binary.AppendUvarint(nil, uint64(len(s))))
		h.WriteString(s)
	}
	list := func(l []string) {
		h.Write(binary.AppendUvarint(nil, uint64(len(l))))
		for _, s := range l {
			text(s)
		}
	}
	h.Write(o.Document)
	text(o.Phase)
	list(o.Images)
	list(o.Digests)
	for _, a := range o.Addresses {
		text(a.String())
	}
	for _, c := range o.Containers {
		text(c.Name)
		text(c.ID)
	}
	return h.Sum64()
}

// gone returns the row of an object of which only the identity is known.
func (c *converter) gone(k key, e entry, now time.Time) *inventory.Object {
	r := c.resource
	return &inventory.Object{
		Group: r.Group, Version: r.Version, Resource: r.Name, Kind: r.Kind,
		Namespace: k.namespace, Name: k.name, UID: e.uid, Time: now.UnixNano(), Change: inventory.Gone,
	}
}
