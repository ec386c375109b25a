package kube

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Identity is what a cluster says of itself.
type Identity struct {
	// UID is that of the namespace kube-system, which lives as long as the
	// cluster.
	UID string
	// Version is the API server's, such as v1.36.3.
	Version string
	// Addresses are those of its API servers, as the cluster knows them, and
	// the one that was asked.
	Addresses []string
}

// systemNamespace is in every cluster from its first moment, and cannot be
// deleted.
const systemNamespace = "kube-system"

// Identify asks a cluster who it is.
func (c *Client) Identify(ctx context.Context) (Identity, error) {
	var id Identity
	// A listing of one: the agent has the right to list, not to get.
	x, err := c.list(ctx, &Resource{Version: "v1", Name: "namespaces"}, metav1.ListOptions{FieldSelector: "metadata.name=" + systemNamespace})
	if err != nil {
		return id, fmt.Errorf("ask the cluster at %s who it is: %w", c.config.Host, err)
	}
	list, ok := x.(*corev1.NamespaceList)
	if !ok || len(list.Items) != 1 || list.Items[0].UID == "" {
		return id, errors.New("the cluster has no namespace kube-system, whose UID is its identity; is this a Kubernetes API server?")
	}
	id.UID = string(list.Items[0].UID)
	var version struct {
		GitVersion string `json:"gitVersion"`
	}
	// Neither of what follows identifies the cluster: it may be refused.
	if b, err := c.raw(ctx, "/version"); err == nil && json.Unmarshal(b, &version) == nil {
		id.Version = version.GitVersion
	}
	if u, err := url.Parse(c.config.Host); err == nil && u.Host != "" {
		id.Addresses = append(id.Addresses, u.Host)
	}
	x, err = c.list(ctx, &Resource{Group: "discovery.k8s.io", Version: "v1", Name: "endpointslices"}, metav1.ListOptions{LabelSelector: "kubernetes.io/service-name=kubernetes"})
	if slices, ok := x.(*discoveryv1.EndpointSliceList); ok && err == nil {
		id.Addresses = append(id.Addresses, serverAddresses(slices.Items)...)
	}
	slices.Sort(id.Addresses)
	id.Addresses = slices.Compact(id.Addresses)
	return id, nil
}

// serverAddresses are the endpoints of service default/kubernetes.
func serverAddresses(list []discoveryv1.EndpointSlice) []string {
	var out []string
	for i := range list {
		if list[i].Namespace != metav1.NamespaceDefault {
			continue
		}
		for _, e := range list[i].Endpoints {
			out = append(out, e.Addresses...)
		}
	}
	return out
}
