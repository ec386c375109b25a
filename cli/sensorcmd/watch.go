//go:build linux

package sensorcmd

import (
	"context"
	"errors"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lynceus-io/lynceus/collect/sensor"
	"github.com/lynceus-io/lynceus/collect/sensor/cri"
)

// watch is the command itself: it writes what it sees until it is interrupted.
func (a *app) watch() *cobra.Command {
	var spec sensor.Spec
	var ring uint
	socket := socketAuto
	form := outputJSONL
	c := &cobra.Command{
		Use:   "lynceus-sensor",
		Short: "See what the processes of this node do, through the kernel",
		Long: "lynceus-sensor writes an event for each process that runs already, then for each program that starts and each\n" +
			"process that ends, with the container and pod it belongs to. It needs root, or CAP_BPF and CAP_PERFMON.",
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			write, err := newWriter(form, a.stdout)
			if err != nil {
				return err
			}
			spec.RingBytes = int(ring)
			return a.runNamed(c.Context(), a.here(spec), socket, write)
		},
	}
	f := c.Flags()
	f.StringVar(&form, "output", outputJSONL, "how events are written: "+strings.Join(outputs(), " or "))
	f.StringVar(&spec.Node.Cluster, "cluster", "", "name of the cluster that events carry")
	f.StringVar(&spec.Node.ClusterUID, "cluster-uid", "", "uid of the cluster's namespace kube-system")
	f.StringVar(&spec.Node.Name, "node", "", "name of this node (default: the host's name)")
	f.StringVar(&spec.Node.UID, "node-uid", "", "uid of this node's Node object (default: the host's machine id)")
	f.StringVar(&socket, "runtime", socket, "socket of the container runtime, which says what containers are called: a path, none, or auto for the first that is there")
	f.UintVar(&ring, "ring-bytes", 0, "memory shared with the kernel, a power of two (default: 8 MiB)")
	return c
}

// machineIDs are the files with the host's id, see machine-id(5).
var machineIDs = []string{"/etc/machine-id", "/var/lib/dbus/machine-id"}

// here fills in what the host says of itself.
func (a *app) here(spec sensor.Spec) sensor.Spec {
	if spec.Node.Name == "" {
		spec.Node.Name, _ = os.Hostname()
	}
	for _, name := range machineIDs {
		if spec.Node.UID == "" {
			id, _ := os.ReadFile(name)
			spec.Node.UID = strings.TrimSpace(string(id))
		}
	}
	return spec
}

// What --runtime can be besides a path.
const (
	socketAuto = "auto"
	socketNone = "none"
)

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

// runNamed runs the sensor with a container runtime to ask, if there is one.
func (a *app) runNamed(ctx context.Context, spec sensor.Spec, choice string, write *writer) (err error) {
	socket, err := findSocket(choice, cri.Sockets)
	if err != nil {
		return err
	}
	if socket == "" {
		return a.run(ctx, spec, write)
	}
	client, err := cri.New(socket)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, client.Close()) }()
	spec.Runtime = client
	return a.run(ctx, spec, write)
}

func (a *app) run(ctx context.Context, spec sensor.Spec, write *writer) error {
	s, err := sensor.Load(spec)
	if err != nil {
		return err
	}
	err = s.Run(ctx, write)
	stats, statsErr := s.Stats()
	err = errors.Join(err, statsErr, write.out.Flush(), s.Close())
	if err != nil {
		return err
	}
	a.say("%s", stats)
	return nil
}
