package synth

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
)

// Sizes of the cluster.
const (
	namespaces = 60
	workloads  = 400
	pods       = 3000
	nodes      = 120
	people     = 40
	outsiders  = 50_000 // external addresses
	domains    = 5_000
)

// pod is one pod and what its events share.
type pod struct {
	namespace, name, uid, workload, kind, node, account, image, digest, container, ip string
}

// program is something that containers start.
type program struct{ path, name, args, sha string }

// world is what the events draw from.
type world struct {
	pods      []pod
	users     []string
	people    []string
	outside   []string
	domains   []string
	programs  []program
	files     []string
	resources []string
	verbs     []string
	agents    []string
}

func newWorld(r *rand.Rand) *world {
	w := &world{
		resources: []string{"pods", "leases", "configmaps", "secrets", "endpointslices", "deployments", "replicasets", "events", "services", "nodes", "serviceaccounts", "jobs"},
		verbs:     []string{"get", "update", "list", "watch", "patch", "create", "delete"},
		agents:    []string{"kube-controller-manager/v1.36.3 (linux/amd64)", "kubelet/v1.36.3 (linux/amd64)", "argocd-application-controller/v3.1", "kubectl/v1.36.3 (linux/amd64)", "Prometheus/3.5.0", "coredns/1.12"},
	}
	ns := make([]string, namespaces)
	for i := range ns {
		ns[i] = fmt.Sprintf("%s-%s", pick(r, []string{"shop", "pay", "search", "mail", "data", "ml", "edge", "core"}), pick(r, []string{"prod", "stage", "dev", "canary"})) + fmt.Sprint(i)
	}
	nodeNames := make([]string, nodes)
	for i := range nodeNames {
		nodeNames[i] = fmt.Sprintf("node-%c-%03d", 'a'+i%3, i)
	}
	type load struct{ ns, name, kind, image, digest string }
	loads := make([]load, workloads)
	for i := range loads {
		name := fmt.Sprintf("%s-%s-%d", pick(r, []string{"api", "web", "worker", "cache", "db", "cron", "sync", "ingest"}), pick(r, []string{"orders", "carts", "users", "stock", "mails", "feeds"}), i)
		loads[i] = load{pick(r, ns), name, pick(r, []string{"Deployment", "Deployment", "Deployment", "StatefulSet", "DaemonSet", "CronJob"}),
			fmt.Sprintf("registry.example.com/%s:v%d.%d", name, r.IntN(9), r.IntN(30)), "sha256:" + hexText(r, 64)}
	}
	for i := range pods {
		l := loads[skewed(r, workloads)]
		w.pods = append(w.pods, pod{
			namespace: l.ns, name: fmt.Sprintf("%s-%s-%s", l.name, hexText(r, 9), hexText(r, 5)), uid: uuid(r), workload: l.name, kind: l.kind,
			node: pick(r, nodeNames), account: l.ns + "/" + l.name, image: l.image, digest: l.digest, container: hexText(r, 64),
			ip: netip.AddrFrom4([4]byte{10, 64, byte(i >> 8), byte(i)}).String(),
		})
		w.users = append(w.users, "system:serviceaccount:"+l.ns+":"+l.name)
	}
	for i := range people {
		w.people = append(w.people, fmt.Sprintf("person%02d@example.com", i))
	}
	for range outsiders {
		w.outside = append(w.outside, netip.AddrFrom4([4]byte{byte(80 + r.IntN(90)), byte(r.IntN(256)), byte(r.IntN(256)), byte(1 + r.IntN(254))}).String())
	}
	for i := range domains {
		w.domains = append(w.domains, fmt.Sprintf("%s%d.%s.example.%s", pick(r, []string{"api", "cdn", "telemetry", "auth", "static"}), i, hexText(r, 6), pick(r, []string{"com", "net", "org"})))
	}
	for _, p := range []string{"/usr/local/bin/app", "/bin/sh", "/usr/bin/python3", "/usr/bin/node", "/usr/sbin/nginx", "/usr/bin/curl", "/bin/cat", "/usr/bin/grep", "/usr/bin/pg_isready",
		"/usr/bin/redis-cli", "/bin/sleep", "/usr/bin/test", "/usr/bin/env", "/usr/bin/java", "/usr/bin/git", "/bin/ls", "/usr/bin/find", "/usr/bin/awk", "/usr/bin/sed", "/usr/bin/tar"} {
		base := p[lastSlash(p)+1:]
		for range 12 {
			w.programs = append(w.programs, program{p, base, pick(r, []string{"--config=/etc/app/", "-c /srv/run/", "--health http://127.0.0.1:", "-u worker --id ", "--since "}), hexText(r, 64)})
		}
	}
	for i := range 4000 {
		w.files = append(w.files, fmt.Sprintf("%s/%s/%d.%s", pick(r, []string{"/var/log", "/tmp", "/data", "/var/lib/app", "/home/app/.cache"}), hexText(r, 6), i, pick(r, []string{"log", "tmp", "db", "json"})))
	}
	return w
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// skewed draws from 0 to n-1, low numbers far more often than high ones.
func skewed(r *rand.Rand, n int) int {
	f := r.Float64()
	return int(f * f * f * float64(n))
}

func hexText(r *rand.Rand, n int) string {
	const digits = "0123456789abcdef"
	b := make([]byte, n)
	for i := range b {
		b[i] = digits[r.IntN(16)]
	}
	return string(b)
}

func uuid(r *rand.Rand) string {
	h := hexText(r, 32)
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

func lastSlash(s string) int {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] == '/' {
			return i
		}
	}
	return -1
}
