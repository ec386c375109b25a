package cluster

import (
	"net"

	"github.com/lynceus-io/lynceus/test/cluster/internal/layout"
	"github.com/lynceus-io/lynceus/test/cluster/internal/pki"
)

// component is a user of the cluster's own, and the name of its files.
type component struct{ file, user, group string }

// components are the users of the cluster's own parts, as Kubernetes' built-in roles know them.
func components(nodeName string) []component {
	return []component{
		{"kube-controller-manager", "system:kube-controller-manager", ""},
		{"kube-scheduler", "system:kube-scheduler", ""},
		{"kube-proxy", "system:kube-proxy", ""},
		{"kubelet", "system:node:" + nodeName, "system:nodes"},
		{"kubelet-client", "kube-apiserver-kubelet-client", "system:masters"},
		{"cluster-dns", "system:cluster-dns", ""},
	}
}

// writeCredentials makes the authority, every certificate and every client configuration of a new cluster.
func writeCredentials(d layout.Dir, server, nodeName string) error {
	ca, err := pki.NewAuthority("kubernetes-ca", d.Cert("ca"), d.Key("ca"))
	if err != nil {
		return err
	}
	if err := pki.SigningKey(d.Path("pki", "sa.pub"), d.Key("sa")); err != nil {
		return err
	}
	ips := []net.IP{net.IPv4(127, 0, 0, 1), layout.NodeAddr.AsSlice(), layout.APIService.AsSlice()}
	names := []string{"localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc." + layout.Domain}
	if err := ca.Server("kube-apiserver", ips, names, d.Cert("apiserver"), d.Key("apiserver")); err != nil {
		return err
	}
	for _, c := range components(nodeName) {
		var groups []string
		if c.group != "" {
			groups = []string{c.group}
		}
		if err := ca.Client(c.user, groups, d.Cert(c.file), d.Key(c.file)); err != nil {
			return err
		}
		if err := pki.WriteKubeconfig(d.Kubeconfig(c.file), layout.APIServer, d.Cert("ca"), d.Cert(c.file), d.Key(c.file)); err != nil {
			return err
		}
	}
	if err := ca.Client("kubernetes-admin", []string{"system:masters"}, d.Cert("admin"), d.Key("admin")); err != nil {
		return err
	}
	return pki.WriteKubeconfig(d.Kubeconfig("admin"), server, d.Cert("ca"), d.Cert("admin"), d.Key("admin"))
}
