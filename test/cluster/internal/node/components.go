package node

import (
	"fmt"

	"github.com/lynceus-io/lynceus/test/cluster/internal/layout"
)

// etcdURL is where etcd listens, in the node's own network namespace.
const etcdURL = "http://127.0.0.1:2379"

// component is a program of the cluster and its arguments.
type component struct {
	name string // of the program and its log
	args []string
}

// etcd keeps its data in memory: a test cluster's state need not survive it, and nothing waits for a disk.
func etcd() component {
	const peer = "http://127.0.0.1:2380"
	return component{"etcd", []string{
		"--data-dir=/run/etcd", "--log-level=warn", "--logger=zap",
		"--listen-client-urls=" + etcdURL, "--advertise-client-urls=" + etcdURL,
		"--listen-peer-urls=" + peer, "--initial-advertise-peer-urls=" + peer, "--initial-cluster=default=" + peer,
	}}
}

func containerd() component {
	return component{"containerd", []string{"--config=" + containerdConfig}}
}

func apiServer(d layout.Dir, c layout.Config) component {
	args := []string{
		"--etcd-servers=" + etcdURL,
		"--bind-address=0.0.0.0", fmt.Sprintf("--secure-port=%d", layout.APIPort), "--advertise-address=" + layout.NodeAddr.String(),
		"--tls-cert-file=" + d.Cert("apiserver"), "--tls-private-key-file=" + d.Key("apiserver"), "--client-ca-file=" + d.Cert("ca"),
		"--service-account-key-file=" + d.Path("pki", "sa.pub"), "--service-account-signing-key-file=" + d.Key("sa"),
		"--service-account-issuer=https://kubernetes.default.svc." + layout.Domain,
		"--service-cluster-ip-range=" + layout.ServiceNet.String(),
		"--authorization-mode=Node,RBAC", "--enable-admission-plugins=NodeRestriction", "--enable-bootstrap-token-auth",
		"--kubelet-client-certificate=" + d.Cert("kubelet-client"), "--kubelet-client-key=" + d.Key("kubelet-client"),
		"--kubelet-preferred-address-types=InternalIP,Hostname",
		"--allow-privileged=true",
		"--audit-policy-file=" + d.AuditPolicy(), "--audit-log-path=" + d.AuditLog(), "--audit-log-maxsize=1024",
	}
	if c.AuditWebhook {
		args = append(args, "--audit-webhook-config-file="+d.AuditWebhook(), "--audit-webhook-batch-max-wait=1s")
	}
	return component{"kube-apiserver", append(args, c.APIServer...)}
}

// A component that cannot renew its lease in time ends itself, and the cluster with it. A machine that does much else
// gets four times the usual time; the requests come as often as in any cluster.
const (
	leaseDuration = "--leader-elect-lease-duration=60s"
	renewDeadline = "--leader-elect-renew-deadline=40s"
)

func controllerManager(d layout.Dir) component {
	return component{"kube-controller-manager", []string{
		"--kubeconfig=" + d.Kubeconfig("kube-controller-manager"),
		"--service-account-private-key-file=" + d.Key("sa"), "--root-ca-file=" + d.Cert("ca"),
		"--cluster-signing-cert-file=" + d.Cert("ca"), "--cluster-signing-key-file=" + d.Key("ca"),
		"--use-service-account-credentials", leaseDuration, renewDeadline, "--allocate-node-cidrs", "--cluster-cidr=" + layout.PodNet.String(),
		"--bind-address=127.0.0.1", apiRate, apiBurst,
	}}
}

// The controller manager makes a service account and a token for each of its controllers before it starts any. By its default
// of 20 requests a second that takes four seconds, half of a cluster's start.
const (
	apiRate  = "--kube-api-qps=500"
	apiBurst = "--kube-api-burst=1000"
)

func scheduler(d layout.Dir) component {
	return component{"kube-scheduler", []string{"--kubeconfig=" + d.Kubeconfig("kube-scheduler"), "--bind-address=127.0.0.1", leaseDuration, renewDeadline}}
}

func kubelet(d layout.Dir, c layout.Config) component {
	return component{"kubelet", []string{
		"--config=" + kubeletConfig, "--kubeconfig=" + d.Kubeconfig("kubelet"),
		"--hostname-override=" + c.NodeName, "--node-ip=" + layout.NodeAddr.String(),
	}}
}

func proxy(c layout.Config) component {
	return component{"kube-proxy", []string{"--config=" + proxyConfig, "--hostname-override=" + c.NodeName}}
}
