package kube

import (
	"cmp"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/lynceus-io/lynceus/inventory"
)

// A Resource is a kind of objects that is watched.
type Resource struct {
	Group, Version, Name, Kind string
	// MetadataOnly says that nothing but the metadata is asked for.
	MetadataOnly bool

	// fill sets what the kind has beyond its metadata and returns the members
	// of the document; it may change the object. nil for MetadataOnly.
	fill func(o *inventory.Object, x metav1.Object) body
}

// body are members of a document beside apiVersion, kind and metadata.
type body map[string]any

// GroupVersionResource returns the resource by the API's name for it.
func (r *Resource) GroupVersionResource() schema.GroupVersionResource {
	return schema.GroupVersionResource{Group: r.Group, Version: r.Version, Resource: r.Name}
}

// String returns resource.group, as kubectl names it.
func (r *Resource) String() string {
	if r.Group == "" {
		return r.Name
	}
	return r.Name + "." + r.Group
}

// Resources returns everything that is watched, by group and name. The
// ClusterRole in deploy/agent grants list and watch of exactly these.
func Resources() []Resource {
	out := slices.Concat(coreResources(), appsResources(), networkResources(), rbacResources(), policyResources(), eventResources())
	slices.SortFunc(out, func(a, b Resource) int {
		return cmp.Or(cmp.Compare(a.Group, b.Group), cmp.Compare(a.Name, b.Name))
	})
	return out
}

// typed makes a fill of a function for the Go type of a kind.
func typed[T any](fill func(o *inventory.Object, x *T) body) func(*inventory.Object, metav1.Object) body {
	return func(o *inventory.Object, x metav1.Object) body {
		t, ok := x.(any).(*T)
		if !ok {
			return nil // a server that answers with another type than it was asked for
		}
		return fill(o, t)
	}
}
