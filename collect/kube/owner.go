package kube

import (
	"context"
	"encoding/json"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/lynceus-io/lynceus/inventory"
)

const (
	// maxOwners bounds the owners that are remembered as looked up.
	maxOwners = 20_000
	// maxWanted bounds those that wait to be; more are looked up when an
	// object of theirs is seen again.
	maxWanted = 1000
	// maxChain bounds how far owners of owners are looked up.
	maxChain = 8
)

// owners looks up the metadata of objects that control others and are of a
// kind that is not watched: custom resources of operators. Each is looked up
// once; what is told of it is that it is there, and who owns it.
type owners struct {
	w       *Watcher
	wanted  chan owner
	watched map[schema.GroupKind]bool
	// For the goroutine of run.
	done  map[string]bool // by UID
	kinds map[schema.GroupVersionKind]metav1.APIResource
}

// owner is an owner to look up.
type owner struct {
	namespace string // of the object that it owns
	ref       metav1.OwnerReference
	chain     int
}

func newOwners(w *Watcher, resources []Resource) *owners {
	o := &owners{w: w, wanted: make(chan owner, maxWanted), watched: map[schema.GroupKind]bool{}, done: map[string]bool{}, kinds: map[schema.GroupVersionKind]metav1.APIResource{}}
	for _, r := range resources {
		o.watched[schema.GroupKind{Group: r.Group, Kind: r.Kind}] = true
	}
	return o
}

// want asks for the owner of an object, if it is of a kind that is not
// watched. It does not wait.
func (s *owners) want(x metav1.Object, chain int) {
	ref := metav1.GetControllerOfNoCopy(x)
	if ref == nil || chain >= maxChain {
		return
	}
	group, _ := splitVersion(ref.APIVersion)
	if s.watched[schema.GroupKind{Group: group, Kind: ref.Kind}] {
		return
	}
	select {
	case s.wanted <- owner{x.GetNamespace(), *ref, chain}:
	default:
	}
}

// run looks up what is wanted until ctx ends.
func (s *owners) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case o := <-s.wanted:
			s.look(ctx, o)
		}
	}
}

// look looks up one owner and tells of it.
func (s *owners) look(ctx context.Context, want owner) {
	uid := string(want.ref.UID)
	if uid == "" || s.done[uid] {
		return
	}
	group, version := splitVersion(want.ref.APIVersion)
	if group != "" && len(validation.IsDNS1123Subdomain(group)) > 0 || len(validation.IsDNS1123Label(version)) > 0 {
		return // it would be a part of a path
	}
	r := &Resource{Group: group, Version: version, Name: want.ref.Kind, Kind: want.ref.Kind, MetadataOnly: true}
	found, err := s.resource(ctx, r)
	if err == nil {
		r.Name = found.Name
		err = s.get(ctx, r, found.Namespaced, want)
	}
	switch {
	case err == nil:
		s.w.seen(r)
	case unreadable(err):
		s.w.unseen(r, "get", err)
	default:
		s.w.troubled(r, err)
		return // it is looked up again with the next object of its
	}
	if len(s.done) >= maxOwners {
		clear(s.done)
	}
	s.done[uid] = true
}

// get reads an owner and tells that it is there.
func (s *owners) get(ctx context.Context, r *Resource, namespaced bool, want owner) error {
	namespace := want.namespace
	if !namespaced {
		namespace = ""
	}
	x, err := s.w.client.metadata.Resource(r.GroupVersionResource()).Namespace(namespace).Get(ctx, want.ref.Name, metav1.GetOptions{})
	if apierrors.IsNotFound(err) || err == nil && x.UID != want.ref.UID {
		return nil // it is gone, or another object has its name by now
	}
	if err != nil {
		return err
	}
	c := converter{resource: r, redactor: s.w.o.Redactor.Fork(), seed: s.w.seed}
	o, _, err := c.object(x)
	if err != nil {
		return err
	}
	o.Time, o.Change = s.w.o.Now().UnixNano(), inventory.Present
	s.w.emit(ctx, o)
	s.want(x, want.chain+1)
	return nil
}

// resource returns how the API names a kind.
func (s *owners) resource(ctx context.Context, r *Resource) (metav1.APIResource, error) {
	gvk := schema.GroupVersionKind{Group: r.Group, Version: r.Version, Kind: r.Kind}
	if found, ok := s.kinds[gvk]; ok {
		return found, nil
	}
	path := "/api/" + r.Version
	if r.Group != "" {
		path = "/apis/" + r.Group + "/" + r.Version
	}
	text, err := s.w.client.raw(ctx, path)
	if err != nil {
		return metav1.APIResource{}, err
	}
	var list metav1.APIResourceList
	if err := json.Unmarshal(text, &list); err != nil {
		return metav1.APIResource{}, fmt.Errorf("the API server's list of %s: %w", path, err)
	}
	for _, a := range list.APIResources {
		if a.Kind == r.Kind && !isSubresource(a.Name) {
			s.kinds[gvk] = a
			return a, nil
		}
	}
	return metav1.APIResource{}, fmt.Errorf("the API server's list of %s has no kind %s", path, r.Kind)
}
