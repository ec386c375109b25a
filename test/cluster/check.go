package cluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/lynceus-io/lynceus/test/cluster/internal/cgroup"
)

// checkTimeout bounds what Check starts.
const checkTimeout = time.Minute

// Check tries what a cluster does to the machine: namespaces and mounts in them, a network between two of them, a
// control group in every hierarchy. Nothing of it stays. The error says what cannot be done, or which Debian packages
// are missing where nothing can install them; that Kubernetes is not built yet is none. self is the program built from
// cmd/cluster.
func Check(ctx context.Context, self string) error {
	if os.Geteuid() != 0 {
		return errors.New("not run as root")
	}
	if missing := Missing(); len(missing) > 0 {
		if _, err := exec.LookPath("apt-get"); err != nil {
			return fmt.Errorf("no apt-get to install the packages %s with", strings.Join(missing, " "))
		}
	}
	if err := checkCgroup(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, self, "probe")
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: namespaces}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("no namespaces as a cluster needs them: %w %s", err, bytes.TrimSpace(out))
	}
	return nil
}

// checkCgroup makes and removes a control group.
func checkCgroup() error {
	group := "lynceus-check-" + strconv.FormatInt(time.Now().UnixMicro(), 36)
	return errors.Join(cgroup.Make(group), cgroup.Remove(group))
}
