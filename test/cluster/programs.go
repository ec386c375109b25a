package cluster

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// kubernetes are the programs built from k8s.io/kubernetes.
var kubernetes = []string{"kube-apiserver", "kube-controller-manager", "kube-proxy", "kube-scheduler", "kubectl", "kubelet"}

// debian are the other programs and the Debian packages they come from.
var debian = []struct{ program, pkg string }{
	{"etcd", "etcd-server"},
	{"containerd", "containerd"},
	{"ctr", "containerd"},
	{"runc", "runc"},
	{"ip", "iproute2"},
	{"iptables", "iptables"},
	{"mount", "mount"},
	{"/usr/lib/cni/bridge", "containernetworking-plugins"},
	{"busybox", "busybox-static"},
}

// Missing are the Debian packages that a cluster needs and this machine has not.
func Missing() []string {
	var out []string
	for _, d := range debian {
		if _, err := lookPath(d.program); err != nil && !slices.Contains(out, d.pkg) {
			out = append(out, d.pkg)
		}
	}
	return out
}

// Install installs Debian packages with apt-get, which must be allowed to. It tries again when the archive cannot be
// reached, and waits for another that installs packages.
func Install(ctx context.Context, packages []string, log io.Writer) error {
	install := append([]string{"install", "--yes", "--no-install-recommends"}, packages...)
	return persist(ctx, log, func() error {
		for _, args := range [][]string{{"update"}, install} {
			cmd := exec.CommandContext(ctx, "apt-get", append([]string{"-o", "Acquire::Retries=3", "-o", "DPkg::Lock::Timeout=300"}, args...)...)
			cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
			cmd.Stdout, cmd.Stderr = log, log
			if err := cmd.Run(); err != nil {
				return fmt.Errorf("apt-get %s: %w", strings.Join(args, " "), err)
			}
		}
		return nil
	})
}

// programs finds every program of a cluster, Kubernetes' first in dir and then in the cache.
func programs(dir string) (map[string]string, error) {
	cache, err := kubernetesCache()
	if err != nil {
		return nil, err
	}
	found := map[string]string{}
	for _, d := range debian {
		path, err := lookPath(d.program)
		if err != nil {
			return nil, fmt.Errorf("missing %s: install the packages %s", d.program, strings.Join(Missing(), " "))
		}
		found[d.program] = path
	}
	for _, name := range kubernetes {
		path, ok := findProgram(name, dir, cache)
		if !ok {
			return nil, fmt.Errorf("missing %s %s: run make cluster-prepare, or name a directory that has it in %s", name, KubernetesVersion, BinariesEnv)
		}
		found[name] = path
	}
	return found, nil
}

// Unbuilt are the programs of Kubernetes that are neither in dir nor in the cache.
func Unbuilt(dir string) ([]string, error) {
	cache, err := kubernetesCache()
	if err != nil {
		return nil, err
	}
	var out []string
	for _, name := range kubernetes {
		if _, ok := findProgram(name, dir, cache); !ok {
			out = append(out, name)
		}
	}
	return out, nil
}

// kubernetesCache is where built programs of this version are.
func kubernetesCache() (string, error) {
	dir, err := CacheDir()
	return filepath.Join(dir, "kubernetes-"+KubernetesVersion), err
}

func findProgram(name string, dirs ...string) (string, bool) {
	for _, dir := range dirs {
		if dir == "" {
			continue
		}
		path, err := filepath.Abs(filepath.Join(dir, name))
		if err != nil {
			continue
		}
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return path, true
		}
	}
	return "", false
}

// lookPath is exec.LookPath, also in the directories of programs for root.
func lookPath(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err == nil {
		return filepath.Abs(path)
	}
	for _, dir := range []string{"/usr/local/sbin", "/usr/sbin", "/sbin"} {
		if path, ok := findProgram(name, dir); ok {
			return path, nil
		}
	}
	return "", err
}
