package identity

import (
	"encoding/json"
	"errors"
	"fmt"
	"sort"

	"github.com/lynceus-io/lynceus/inventory"
)

// snapshotVersion is the form of a snapshot. One of another form is not read.
const snapshotVersion = 1

// maxSnapshot bounds the bytes of a snapshot that is read.
const maxSnapshot = 64 << 20

// snapshot is who wrote what, as it is kept over a restart. What else Callers
// knows it learns again from the last hour of events.
type snapshot struct {
	Version  int               `json:"version"`
	Clusters []clusterSnapshot `json:"clusters"`
}

type clusterSnapshot struct {
	Name    string           `json:"name"`
	Objects []objectSnapshot `json:"objects"`
	Kinds   []kindSnapshot   `json:"kinds,omitempty"`
}

// objectSnapshot is an object and its writes.
type objectSnapshot struct {
	Group      string               `json:"group,omitempty"`
	Resource   string               `json:"resource"`
	Namespace  string               `json:"namespace,omitempty"`
	Name       string               `json:"name"`
	UID        string               `json:"uid,omitempty"`
	Created    int64                `json:"created,omitempty"`
	Owner      *inventory.Reference `json:"owner,omitempty"`
	Template   uint64               `json:"template,omitempty"`
	Generation int64                `json:"generation,omitempty"`
	From       uint64               `json:"from,omitempty"`
	Writes     []writeSnapshot      `json:"writes"`
}

type writeSnapshot struct {
	Time     int64  `json:"time"`
	User     string `json:"user"`
	UID      string `json:"uid"`
	Sure     bool   `json:"sure,omitempty"`
	Template uint64 `json:"template,omitempty"`
}

// kindSnapshot is the resource of a kind that does not come with Kubernetes.
type kindSnapshot struct {
	Group    string `json:"group"`
	Kind     string `json:"kind"`
	Resource string `json:"resource"`
}

// Snapshot returns who wrote what, for Restore after a restart. Equal
// knowledge gives equal bytes.
func (c *Callers) Snapshot() ([]byte, error) {
	s := snapshot{Version: snapshotVersion}
	for name, cl := range c.clusters {
		if name != cl.name {
			continue
		}
		one := clusterSnapshot{Name: name}
		for _, kept := range []*lru[objectKey, object]{cl.ownerWrites, cl.podWrites} {
			for e := kept.tail; e != nil; e = e.prev { // the latest used last, as they are put back
				one.Objects = append(one.Objects, takeObject(e.key, &e.value))
			}
		}
		for k, resource := range cl.kinds {
			one.Kinds = append(one.Kinds, kindSnapshot{k.group, k.kind, resource})
		}
		sort.Slice(one.Kinds, func(i, j int) bool {
			a, b := one.Kinds[i], one.Kinds[j]
			return a.Group < b.Group || a.Group == b.Group && a.Kind < b.Kind
		})
		s.Clusters = append(s.Clusters, one)
	}
	sort.Slice(s.Clusters, func(i, j int) bool { return s.Clusters[i].Name < s.Clusters[j].Name })
	return json.Marshal(s)
}

func takeObject(k objectKey, o *object) objectSnapshot {
	out := objectSnapshot{
		Group: k.group, Resource: k.resource, Namespace: k.namespace, Name: k.name, UID: o.uid, Created: o.created,
		Template: o.template, Generation: o.generation, From: o.from,
	}
	if o.owner.Kind != "" {
		owner := o.owner
		out.Owner = &owner
	}
	for _, w := range o.writes {
		out.Writes = append(out.Writes, writeSnapshot{w.time, w.user, w.uid, w.sure, w.template})
	}
	return out
}

// Restore takes up what Snapshot returned, before the first event. After an
// error nothing is taken up.
func (c *Callers) Restore(b []byte) error {
	if len(b) > maxSnapshot {
		return fmt.Errorf("who wrote what: %d MiB are more than %d", len(b)>>20, maxSnapshot>>20)
	}
	var s snapshot
	if err := json.Unmarshal(b, &s); err != nil {
		return fmt.Errorf("who wrote what: %w", err)
	}
	if s.Version != snapshotVersion {
		return errors.New("who wrote what: the snapshot is of another release")
	}
	for i := range s.Clusters {
		one := &s.Clusters[i]
		cl := c.cluster(one.Name)
		for j := range one.Objects {
			cl.putObject(&one.Objects[j])
		}
		for _, k := range one.Kinds {
			cl.learnKind(k.Group, k.Kind, k.Resource)
		}
	}
	return nil
}

func (cl *cluster) putObject(s *objectSnapshot) {
	key := objectKey{s.Group, s.Resource, s.Namespace, s.Name}
	kept := cl.written(key)
	if kept.get(key) != nil {
		return
	}
	o := kept.put(key)
	*o = object{uid: s.UID, created: s.Created, template: s.Template, generation: s.Generation, from: s.From}
	if s.Owner != nil {
		o.owner = *s.Owner
	}
	for _, w := range s.Writes {
		o.add(write{time: w.Time, user: cl.user(w.User), uid: w.UID, sure: w.Sure, template: w.Template})
	}
	cl.writes++
}
