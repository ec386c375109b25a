// Package node is the machine of a test cluster: what runs inside its namespaces. Process 1 prepares the mounts and
// reaps; the supervisor below it makes the network, starts the components and answers clients.
package node

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/lynceus-io/lynceus/test/cluster/internal/layout"
)

// Files that process 1 and the supervisor inherit, as file descriptor numbers.
const (
	fdAPI  = 3 // listener on the host's loopback, forwarded to the API server
	fdHost = 4 // the host's network namespace
)

// Init is process 1 of a cluster's PID namespace. It runs the supervisor, "self node DIR", until that ends, ends every
// process left in the namespace, and removes what the cluster left on the machine.
func Init(d layout.Dir, self string) error {
	if os.Getpid() != 1 {
		return errors.New("init: must be process 1 of its own PID namespace; use the up command")
	}
	if err := mounts(d); err != nil {
		return fmt.Errorf("init: %w", err)
	}
	sigs := make(chan os.Signal, 1)
	signal.Notify(sigs, unix.SIGTERM, unix.SIGINT)
	cmd := exec.Command(self, "node", string(d))
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.ExtraFiles = []*os.File{os.NewFile(fdAPI, "api"), os.NewFile(fdHost, "host")}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("init: %w", err)
	}
	go func() {
		for range sigs {
			_ = unix.Kill(cmd.Process.Pid, unix.SIGTERM)
		}
	}()
	err := reapUntil(cmd.Process.Pid)
	// Process 1 may signal every other process of its namespace, and no process outside it.
	_ = unix.Kill(-1, unix.SIGKILL)
	_ = reapUntil(-1)
	if unmountErr := unmount(); unmountErr != nil {
		return errors.Join(err, unmountErr)
	}
	return errors.Join(err, layout.Remove(d))
}

// reapUntil collects ended processes, adopted ones among them, until pid has ended or none is left, and says whether
// pid ended badly.
func reapUntil(pid int) error {
	for {
		var status syscall.WaitStatus
		got, err := syscall.Wait4(-1, &status, 0, nil)
		switch {
		case errors.Is(err, syscall.EINTR):
		case errors.Is(err, syscall.ECHILD):
			return nil
		case err != nil:
			return fmt.Errorf("init: wait: %w", err)
		case got == pid && status.ExitStatus() != 0:
			return fmt.Errorf("init: the supervisor ended with status %d, signal %v", status.ExitStatus(), status.Signal())
		case got == pid:
			return nil
		}
	}
}
