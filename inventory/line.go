package inventory

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"time"
)

// line is an object as a line of a recording.
type line struct {
	Time       time.Time `json:"time"`
	Change     Change    `json:"change"`
	Cluster    string    `json:"cluster,omitempty"`
	ClusterUID string    `json:"cluster_uid,omitempty"`

	Group           string `json:"group,omitempty"`
	Version         string `json:"version,omitempty"`
	Resource        string `json:"resource"`
	Kind            string `json:"kind"`
	Namespace       string `json:"namespace,omitempty"`
	Name            string `json:"name"`
	UID             string `json:"uid,omitempty"`
	ResourceVersion string `json:"resource_version,omitempty"`

	Created  *time.Time        `json:"created,omitempty"`
	Deleting *time.Time        `json:"deleting,omitempty"`
	Owner    *lineOwner        `json:"owner,omitempty"`
	Labels   map[string]string `json:"labels,omitempty"`

	Addresses      []netip.Addr    `json:"addresses,omitempty"`
	Networks       []netip.Prefix  `json:"networks,omitempty"`
	Node           string          `json:"node,omitempty"`
	ServiceAccount string          `json:"service_account,omitempty"`
	HostNetwork    bool            `json:"host_network,omitempty"`
	Phase          string          `json:"phase,omitempty"`
	Images         []string        `json:"images,omitempty"`
	Digests        []string        `json:"digests,omitempty"`
	Containers     []lineContainer `json:"containers,omitempty"`
	Document       json.RawMessage `json:"document,omitempty"`
}

type lineOwner struct {
	Group string `json:"group,omitempty"`
	Kind  string `json:"kind"`
	Name  string `json:"name"`
	UID   string `json:"uid,omitempty"`
}

type lineContainer struct {
	Name string `json:"name"`
	ID   string `json:"id,omitempty"`
}

func lineOf(o *Object) *line {
	l := &line{
		Time: time.Unix(0, o.Time).UTC(), Change: o.Change, Cluster: o.Cluster, ClusterUID: o.ClusterUID,
		Group: o.Group, Version: o.Version, Resource: o.Resource, Kind: o.Kind,
		Namespace: o.Namespace, Name: o.Name, UID: o.UID, ResourceVersion: o.ResourceVersion,
		Created: timeOf(o.Created), Deleting: timeOf(o.Deleting), Labels: o.Labels,
		Addresses: o.Addresses, Networks: o.Networks, Node: o.Node, ServiceAccount: o.ServiceAccount, HostNetwork: o.HostNetwork,
		Phase: o.Phase, Images: o.Images, Digests: o.Digests, Document: o.Document,
	}
	if o.Owner != (Reference{}) {
		l.Owner = &lineOwner{o.Owner.Group, o.Owner.Kind, o.Owner.Name, o.Owner.UID}
	}
	for _, c := range o.Containers {
		l.Containers = append(l.Containers, lineContainer(c))
	}
	return l
}

// object makes o what the line says.
func (l *line) object(o *Object) error {
	*o = Object{
		Change: l.Change, Cluster: l.Cluster, ClusterUID: l.ClusterUID,
		Group: l.Group, Version: l.Version, Resource: l.Resource, Kind: l.Kind,
		Namespace: l.Namespace, Name: l.Name, UID: l.UID, ResourceVersion: l.ResourceVersion,
		Labels: l.Labels, Addresses: l.Addresses, Networks: l.Networks, Node: l.Node, ServiceAccount: l.ServiceAccount,
		HostNetwork: l.HostNetwork, Phase: l.Phase, Images: l.Images, Digests: l.Digests,
	}
	if string(l.Document) != "null" {
		o.Document = l.Document
	}
	var err error
	for _, t := range [...]struct {
		name string
		from *time.Time
		to   *int64
	}{{"time", &l.Time, &o.Time}, {"created", l.Created, &o.Created}, {"deleting", l.Deleting, &o.Deleting}} {
		if *t.to, err = nanoseconds(t.from); err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
	}
	if l.Owner != nil {
		o.Owner = Reference{l.Owner.Group, l.Owner.Kind, l.Owner.Name, l.Owner.UID}
	}
	for _, c := range l.Containers {
		o.Containers = append(o.Containers, Container(c))
	}
	for _, ip := range o.Addresses {
		if !ip.IsValid() {
			return fmt.Errorf("addresses: one is empty")
		}
	}
	for _, p := range o.Networks {
		if !p.IsValid() {
			return fmt.Errorf("networks: one is empty")
		}
	}
	return o.Check()
}

func timeOf(ns int64) *time.Time {
	if ns == 0 {
		return nil
	}
	t := time.Unix(0, ns).UTC()
	return &t
}

// nanoseconds returns a time since 1970, 0 for none. Those that do not fit
// into 64 bits, before 1678 or after 2262, are errors.
func nanoseconds(t *time.Time) (int64, error) {
	if t == nil {
		return 0, nil
	}
	ns := t.UnixNano()
	if !time.Unix(0, ns).Equal(*t) {
		return 0, fmt.Errorf("%s is too far from now", t.Format(time.RFC3339))
	}
	return ns, nil
}
