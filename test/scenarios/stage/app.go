package stage

import (
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/test/cluster"
)

// userland are the names by which the app is found in an image.
var userland = []string{"sh", "bash", "cat", "ls", "id", "hostname", "sleep", "curl", "wget", "env", "ps", "kubectl", "xmrig", "aws", "nmap", "arpspoof"}

// Images gives the node images of these names. All hold the same program.
func (s *Stage) Images(names ...string) {
	files := []cluster.File{{Path: "/bin/app", Data: s.app}}
	for _, n := range userland {
		files = append(files, cluster.File{Path: "/bin/" + n, Link: "app"})
	}
	for _, name := range names {
		s.mu.Lock()
		known := s.imported[name]
		s.imported[name] = true
		s.mu.Unlock()
		if known {
			continue
		}
		if err := s.Cluster.Import(s.ctx, cluster.Image{Name: name, Files: files, Entrypoint: []string{"/bin/app"}, Cmd: []string{"serve"}}); err != nil {
			s.fail("image %s: %w", name, err)
		}
	}
}

// Must runs kubectl for what has to succeed, outside of any step.
func (a *Actor) Must(args ...string) string { return a.MustApply("", args...) }

// MustApply is Must with standard input.
func (a *Actor) MustApply(stdin string, args ...string) string {
	out, err := a.KubectlIn(stdin, args...)
	if err != nil {
		a.s.fail("%s: kubectl %s: %w: %s", a.User, strings.Join(args, " "), err, strings.TrimSpace(out))
	}
	return out
}

// Look runs kubectl for its requests' sake; whatever comes of it.
func (a *Actor) Look(args ...string) { _, _ = a.Kubectl(args...) }

// LookFor is Look for what does not end by itself, ended after d.
func (a *Actor) LookFor(d time.Duration, args ...string) { _, _ = a.kubectlFor(d, "", args...) }

// Pod is a running pod that selector finds, ready.
func (s *Stage) Pod(namespace, selector string) *Pod {
	s.admin.Must("-n", namespace, "wait", "--for=condition=Ready", "pod", "-l", selector, "--timeout=40s")
	return s.found(namespace, "-l", selector, "-o", `jsonpath={.items[0].metadata.name} {.items[0].status.podIP}`)
}

// PodNamed is the pod of a name, ready.
func (s *Stage) PodNamed(namespace, name string) *Pod {
	s.admin.Must("-n", namespace, "wait", "--for=create", "pod/"+name, "--timeout=20s")
	s.admin.Must("-n", namespace, "wait", "--for=condition=Ready", "pod/"+name, "--timeout=40s")
	return s.found(namespace, name, "-o", `jsonpath={.metadata.name} {.status.podIP}`)
}

func (s *Stage) found(namespace string, query ...string) *Pod {
	out := s.admin.Must(append([]string{"-n", namespace, "get", "pod"}, query...)...)
	name, ip, ok := strings.Cut(strings.TrimSpace(out), " ")
	if !ok {
		s.fail("pod of %s in %s: %q", query, namespace, out)
	}
	p := &Pod{Namespace: namespace, Name: name, IP: ip, s: s}
	p.Workload = s.workload(namespace, name)
	s.mu.Lock()
	defer s.mu.Unlock()
	p.Writer = s.wrote[namespace+" "+p.Workload]
	return p
}

// workload is the highest owner of a pod, as KIND/NAME.
func (s *Stage) workload(namespace, pod string) string {
	const owner = `jsonpath={.metadata.ownerReferences[0].kind}/{.metadata.ownerReferences[0].name}`
	for top := "Pod/" + pod; ; {
		next := s.admin.Must("-n", namespace, "get", top, "-o", owner)
		if kind, name, ok := strings.Cut(next, "/"); !ok || kind == "" || name == "" {
			return top
		}
		top = next
	}
}

// Wrote says that a made or changed workloads, each KIND/NAME: pods that are found from then on are its work.
func (s *Stage) Wrote(a *Actor, namespace string, workloads ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range workloads {
		s.wrote[namespace+" "+w] = a.User
	}
}
