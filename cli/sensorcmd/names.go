//go:build linux

package sensorcmd

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync"

	"github.com/spf13/pflag"

	"github.com/lynceus-io/lynceus/collect/sensor"
	"github.com/lynceus-io/lynceus/collect/sensor/cri"
	"github.com/lynceus-io/lynceus/collect/sensor/pods"
)

// What --runtime can be besides a path.
const (
	socketAuto = "auto"
	socketNone = "none"
)

// names says who is asked what containers and pods are called.
type names struct {
	socket     string
	kubeconfig string
	context    string
	inCluster  bool
}

func (n *names) flags(f *pflag.FlagSet) {
	f.StringVar(&n.socket, "runtime", n.socket, "socket of the container runtime, which says what containers are called: a path, none, or auto for the first that is there")
	f.StringVar(&n.kubeconfig, "kubeconfig", "", "kubeconfig file of the API server that tells workloads and service accounts of this node's pods")
	f.StringVar(&n.context, "kube-context", "", "name of the context of --kubeconfig to use, if not its current one")
	f.BoolVar(&n.inCluster, "in-cluster", false, "ask the API server of the cluster in which this runs in a pod, as its service account")
}

// config returns how the API server is reached; ok is false when nobody wants to ask it.
func (n *names) config() (c pods.Config, ok bool, err error) {
	switch {
	case n.inCluster && n.kubeconfig != "":
		return c, false, usagef("--in-cluster and --kubeconfig name two API servers; give one of them")
	case n.context != "" && n.kubeconfig == "":
		return c, false, usagef("--kube-context needs --kubeconfig FILE")
	case n.inCluster:
		if c, err = pods.InCluster(os.Getenv("KUBERNETES_SERVICE_HOST"), os.Getenv("KUBERNETES_SERVICE_PORT"), pods.AccountDir); err != nil {
			return c, false, usagef("--in-cluster: %w", err)
		}
	case n.kubeconfig != "":
		if c, err = pods.Kubeconfig(n.kubeconfig, n.context); err != nil {
			return c, false, usagef("--kubeconfig: %w", err)
		}
	default:
		return c, false, nil
	}
	return c, true, nil
}

// findSocket returns the path of the container runtime's socket, or nothing for none.
func findSocket(choice string, candidates []string) (string, error) {
	switch choice {
	case socketNone, "":
		return "", nil
	case socketAuto:
		for _, path := range candidates {
			if info, err := os.Stat(path); err == nil && info.Mode()&os.ModeSocket != 0 {
				return path, nil
			}
		}
		return "", nil
	}
	info, err := os.Stat(choice)
	if err != nil {
		return "", usagef("--runtime: %w", err)
	}
	if info.Mode()&os.ModeSocket == 0 {
		return "", usagef("--runtime %s: it is no socket", choice)
	}
	return choice, nil
}

// runNamed runs the sensor with a container runtime and an API server to ask, as far as there are such.
func (a *app) runNamed(ctx context.Context, spec sensor.Spec, n names, write *writer) (err error) {
	socket, err := findSocket(n.socket, cri.Sockets)
	if err != nil {
		return err
	}
	config, asked, err := n.config()
	if err != nil {
		return err
	}
	if socket == "" {
		switch {
		case asked && n.socket == socketNone:
			return usagef("the API server can name only pods, not which container is whose: give --runtime, too")
		case asked || spec.Policies != nil:
			a.say("there is no container runtime at %s: pods are not named, and no policy applies to any; name its socket with --runtime", strings.Join(cri.Sockets, ", "))
		}
		return a.run(ctx, spec, write)
	}
	client, err := cri.New(socket)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, client.Close()) }()
	spec.Runtime = client
	if asked {
		watcher, err := pods.New(config, spec.Node.Name)
		if err != nil {
			return err
		}
		watching, stop := context.WithCancel(context.WithoutCancel(ctx)) // rows that wait at the end are named, too
		var running sync.WaitGroup
		running.Go(func() { watcher.Run(watching) })
		defer func() {
			stop()
			running.Wait()
			if s := watcher.State(); s.Err != nil && !s.Listed {
				a.say("pods were not told of: %v", s.Err)
			}
		}()
		spec.Pods = watcher
	}
	return a.run(ctx, spec, write)
}
