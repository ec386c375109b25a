package inventory

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"

	"github.com/lynceus-io/lynceus/event"
)

// Fill makes e the row of table inventory that says o, and that o belongs to
// group (zero where it is not known). metadata.uid is a hash of what the
// object is, of its resourceVersion and of the change, so that what is
// delivered twice has the same identity. e shares o's memory.
func Fill(e *event.Event, o *Object, group Group) {
	e.Reset(event.ClassInventory)
	cluster := o.ClusterUID
	if cluster == "" {
		cluster = o.Cluster
	}
	uid := event.NewUIDHasher().Sum("inventory", cluster, o.Group, o.Resource, o.UID, o.ResourceVersion, string(o.Change))
	event.MetadataUID.Set(e, uid.String())
	event.Time.Set(e, o.Time)
	event.ResourceGroup.Set(e, o.Group)
	for _, f := range [...]struct {
		field event.StringField
		value string
	}{
		{event.K8sCluster, o.Cluster},
		{event.K8sClusterUID, o.ClusterUID},
		{event.InventoryChange, string(o.Change)},
		{event.ResourceVersion, o.Version},
		{event.ResourceType, o.Resource},
		{event.InventoryKind, o.Kind},
		{event.K8sNamespace, o.Namespace},
		{event.ResourceName, o.Name},
		{event.ResourceUID, o.UID},
		{event.InventoryResourceVersion, o.ResourceVersion},
		{event.K8sWorkloadKind, group.Kind},
		{event.K8sWorkload, group.Name},
		{event.InventoryPhase, o.Phase},
	} {
		if f.value != "" {
			f.field.Set(e, f.value)
		}
	}
	fillTimes(e, o)
	fillOwner(e, o)
	fillPod(e, o)
	fillLists(e, o)
	e.Raw = o.Document
}

func fillTimes(e *event.Event, o *Object) {
	if o.Created != 0 {
		event.InventoryCreatedTime.Set(e, o.Created)
	}
	switch {
	case o.Deleting != 0:
		event.InventoryDeletedTime.Set(e, o.Deleting)
	case o.Change.ends():
		event.InventoryDeletedTime.Set(e, o.Time)
	}
}

func fillOwner(e *event.Event, o *Object) {
	if o.Owner == (Reference{}) {
		return
	}
	event.InventoryOwnerGroup.Set(e, o.Owner.Group)
	event.InventoryOwnerKind.Set(e, o.Owner.Kind)
	event.InventoryOwner.Set(e, o.Owner.Name)
	event.InventoryOwnerUID.Set(e, o.Owner.UID)
}

// fillPod sets what is said with the fields that name pods, nodes and
// accounts in every table.
func fillPod(e *event.Event, o *Object) {
	node, account := o.Node, o.ServiceAccount
	switch {
	case o.is("", kindPod):
		event.K8sPod.Set(e, o.Name)
		event.K8sPodUID.Set(e, o.UID)
		event.InventoryHostNetwork.Set(e, o.HostNetwork)
	case o.is("", kindNode):
		node = o.Name
	case o.is("", kindServiceAccount):
		account = o.Name
	}
	if o.HostNetwork {
		event.InventoryHostNetwork.Set(e, true)
	}
	if node != "" {
		event.K8sNode.Set(e, node)
	}
	if account != "" {
		event.K8sServiceAccount.Set(e, o.Namespace+"/"+account)
	}
}

func fillLists(e *event.Event, o *Object) {
	if len(o.Labels) > 0 {
		b, err := json.Marshal(o.Labels)
		if err == nil { // a map of strings has a JSON form
			event.InventoryLabels.Set(e, string(b))
		}
	}
	for _, ip := range o.Addresses {
		event.InventoryIPs.Append(e, ip.String())
	}
	for _, p := range o.Networks {
		event.InventoryNetworks.Append(e, p.String())
	}
	if len(o.Images) > 0 {
		event.InventoryImages.Set(e, o.Images)
	}
	if len(o.Digests) > 0 {
		event.InventoryImageDigests.Set(e, o.Digests)
	}
	for _, c := range o.Containers {
		event.InventoryContainers.Append(e, c.Name+"="+c.ID)
	}
}

// Read makes o the object that a row says: the inverse of [Fill]. An error
// names the field that holds what Fill does not write; o is then of no use. o
// shares e's memory. A row of a deletion does not keep a Deleting that equals
// its Time.
func Read(e *event.Event, o *Object) error {
	if e.Class != event.ClassInventory {
		return fmt.Errorf("a row of table %q is no object: only those of %q are", e.Class, event.ClassInventory)
	}
	*o = Object{
		Cluster: event.K8sCluster.Get(e), ClusterUID: event.K8sClusterUID.Get(e),
		Time: event.Time.Get(e), Change: Change(event.InventoryChange.Get(e)),
		Group: event.ResourceGroup.Get(e), Version: event.ResourceVersion.Get(e),
		Resource: event.ResourceType.Get(e), Kind: event.InventoryKind.Get(e),
		Namespace: event.K8sNamespace.Get(e), Name: event.ResourceName.Get(e), UID: event.ResourceUID.Get(e),
		ResourceVersion: event.InventoryResourceVersion.Get(e),
		Created:         event.InventoryCreatedTime.Get(e), Deleting: event.InventoryDeletedTime.Get(e),
		Owner: Reference{
			Group: event.InventoryOwnerGroup.Get(e), Kind: event.InventoryOwnerKind.Get(e),
			Name: event.InventoryOwner.Get(e), UID: event.InventoryOwnerUID.Get(e),
		},
		HostNetwork: event.InventoryHostNetwork.Get(e), Phase: event.InventoryPhase.Get(e),
		Images: event.InventoryImages.Get(e), Digests: event.InventoryImageDigests.Get(e),
		Document: e.Raw,
	}
	if err := o.Check(); err != nil {
		return err
	}
	if o.Change.ends() && o.Deleting == o.Time {
		o.Deleting = 0
	}
	if !o.is("", kindNode) {
		o.Node = event.K8sNode.Get(e)
	}
	if account := event.K8sServiceAccount.Get(e); account != "" && !o.is("", kindServiceAccount) {
		name, ok := strings.CutPrefix(account, o.Namespace+"/")
		if !ok {
			return fmt.Errorf("k8s.service_account %.80q is not in the object's namespace %.80q", account, o.Namespace)
		}
		o.ServiceAccount = name
	}
	return readLists(e, o)
}

func readLists(e *event.Event, o *Object) error {
	if text := event.InventoryLabels.Get(e); text != "" {
		if err := json.Unmarshal([]byte(text), &o.Labels); err != nil {
			return fmt.Errorf("inventory.labels: %w", err)
		}
		if len(o.Labels) == 0 {
			o.Labels = nil
		}
	}
	for _, text := range event.InventoryIPs.Get(e) {
		ip, err := netip.ParseAddr(text)
		if err != nil {
			return fmt.Errorf("inventory.ips: %w", err)
		}
		o.Addresses = append(o.Addresses, ip)
	}
	for _, text := range event.InventoryNetworks.Get(e) {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return fmt.Errorf("inventory.networks: %w", err)
		}
		o.Networks = append(o.Networks, p)
	}
	for _, text := range event.InventoryContainers.Get(e) {
		name, id, ok := strings.Cut(text, "=")
		if !ok {
			return fmt.Errorf("inventory.containers: %.80q is not name=id", text)
		}
		o.Containers = append(o.Containers, Container{Name: name, ID: id})
	}
	return nil
}
