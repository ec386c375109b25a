package cluster_test

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/test/cluster"
	"github.com/lynceus-io/lynceus/test/cluster/clustertest"
)

// victimEnv makes TestVictim start a cluster.
const victimEnv = "LYNCEUS_TEST_VICTIM"

// TestVictim is the test process that TestKilledTest kills: it starts a cluster, prints its directory and waits.
func TestVictim(t *testing.T) {
	if os.Getenv(victimEnv) == "" {
		return // of use to TestKilledTest only
	}
	c := clustertest.Start(t, cluster.Config{})
	if _, err := os.Stdout.WriteString(c.Dir() + "\n"); err != nil {
		t.Fatal(err)
	}
	time.Sleep(10 * time.Minute) // it is killed long before
}

// victim starts a test process with a cluster of its own.
func victim(t *testing.T) (*exec.Cmd, *cluster.Cluster) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "-test.run", "^TestVictim$")
	cmd.Env = append(os.Environ(), victimEnv+"=1")
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	lines := bufio.NewScanner(stdout)
	if !lines.Scan() {
		t.Fatalf("the test process started no cluster: %v", lines.Err())
	}
	c, err := cluster.Up(t.Context(), cluster.Config{Dir: lines.Text(), Self: clustertest.Program(t)})
	if err != nil {
		t.Fatal(err)
	}
	return cmd, c
}

// TestKilledTest kills a test process, which can clean up nothing: its cluster ends by itself. Then it kills a second
// one and its cluster's first process, too: the next start or stop of any cluster removes what that left.
func TestKilledTest(t *testing.T) {
	clustertest.Program(t) // names what is missing
	before := look(t)
	for _, both := range []bool{false, true} {
		cmd, c := victim(t)
		own := traces(t, c)
		own.checkThere(t)
		pid, err := c.Process()
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(c.Close(), cmd.Process.Kill()); err != nil {
			t.Fatal(err)
		}
		if both {
			if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
		}
		eventually(t, "the end of the cluster of a test that was killed", func() bool { return syscall.Kill(pid, 0) != nil })
		if both {
			if err := cluster.Down(t.Context(), t.TempDir()); err != nil {
				t.Fatal(err)
			}
		}
		own.checkGone(t)
		before.checkSame(t)
	}
}
