// Package clustertest gives tests a real Kubernetes in one line. It is linked into tests only.
package clustertest

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/test/cluster"
)

// RequireEnv lists, separated by commas, what must be there: with "cluster" in it a test that cannot have a cluster
// fails instead of being skipped. Under go test -short all tests with a cluster are skipped nevertheless.
const RequireEnv = "LYNCEUS_REQUIRE"

// InstallEnv, when it is not empty, lets tests install missing Debian packages, as CI does.
const InstallEnv = "LYNCEUS_CLUSTER_INSTALL"

// linger is how long the shared cluster outlives the last test process that used it, so that the next package's tests
// find it running.
const linger = 30 * time.Second

// orphanLinger is how long a test's own cluster outlives a test process that was killed.
const orphanLinger = 2 * time.Second

// shared is this process's hold on the cluster that all tests of the machine share. It is held until the process ends.
var shared = sync.OnceValues(func() (*cluster.Cluster, error) {
	self, err := program(context.Background())
	if err != nil {
		return nil, err
	}
	return up(context.Background(), os.Stderr, cluster.Config{
		Dir: cluster.SharedDir(), Self: self, Binaries: os.Getenv(cluster.BinariesEnv), Linger: linger, Install: os.Getenv(InstallEnv) != "",
	})
})

// Get returns a running cluster that this test shares with others: the one that make cluster started, or else one that ends
// half a minute after its last user. Tests of one process stay apart by Namespace; those of another process wait, test by test.
func Get(tb testing.TB) *cluster.Cluster {
	tb.Helper()
	need(tb)
	use(tb)
	c, err := shared()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { explain(tb, c) })
	return c
}

// Start starts a cluster of the test's own, for what has to be configured or counted, and ends it with the test,
// even if that is killed. Dir, Self, Binaries and Install need not be set. It costs some ten seconds and 800 MB of memory.
func Start(tb testing.TB, config cluster.Config) *cluster.Cluster {
	tb.Helper()
	need(tb)
	var err error
	if config.Dir == "" {
		// Not tb.TempDir: its names may be too long for unix sockets.
		if config.Dir, err = os.MkdirTemp("", "lynceus-cluster-"); err != nil {
			tb.Fatal(err)
		}
	}
	if config.Self == "" {
		if config.Self, err = program(tb.Context()); err != nil {
			tb.Fatal(err)
		}
	}
	if config.Binaries == "" {
		config.Binaries = os.Getenv(cluster.BinariesEnv)
	}
	if config.Linger == 0 {
		config.Linger = orphanLinger
	}
	config.Install = config.Install || os.Getenv(InstallEnv) != ""
	c, err := up(tb.Context(), tb.Output(), config)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		explain(tb, c)
		if err := c.Down(context.Background()); err != nil {
			tb.Errorf("end the cluster: %v", err)
		}
	})
	return c
}

// Program builds the harness's own program and returns its path, for tests that call cluster.Up themselves. It ends
// the test where clusters cannot run.
func Program(tb testing.TB) string {
	tb.Helper()
	need(tb)
	self, err := program(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	return self
}

// Namespace makes a namespace with a new name that starts with prefix, and deletes it after the test.
func Namespace(tb testing.TB, c *cluster.Cluster, prefix string) string {
	tb.Helper()
	name := prefix + "-" + strings.ToLower(rand.Text()[:6])
	Kubectl(tb, c, "create", "namespace", name)
	tb.Cleanup(func() {
		if _, err := os.Stat(c.Dir()); err != nil {
			return // the test ended its cluster
		}
		if out, err := c.Kubectl(context.Background(), "delete", "namespace", name, "--wait=false").CombinedOutput(); err != nil {
			tb.Logf("delete namespace %s: %v: %s", name, err, out)
		}
	})
	return name
}

// Kubectl runs kubectl as the cluster's administrator, fails the test when it fails, and returns what it printed.
func Kubectl(tb testing.TB, c *cluster.Cluster, args ...string) string {
	tb.Helper()
	out, err := c.Kubectl(tb.Context(), args...).CombinedOutput()
	if err != nil {
		tb.Fatalf("kubectl %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// Apply applies manifests, YAML or JSON.
func Apply(tb testing.TB, c *cluster.Cluster, manifests string) {
	tb.Helper()
	cmd := c.Kubectl(tb.Context(), "apply", "-f", "-")
	cmd.Stdin = strings.NewReader(manifests)
	if out, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("kubectl apply: %v\n%s", err, out)
	}
}

// GoImage builds a command's package statically, makes an image that holds nothing else, imports it and returns its
// name. The command is the image's entry point.
func GoImage(tb testing.TB, c *cluster.Cluster, pkg string) string {
	tb.Helper()
	file := filepath.Join(tb.TempDir(), "command")
	if err := goBuild(tb.Context(), pkg, file); err != nil {
		tb.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		tb.Fatal(err)
	}
	base := pkg[strings.LastIndexByte(pkg, '/')+1:]
	spec := cluster.Image{
		Name:       fmt.Sprintf("lynceus.test/%s:1", base),
		Files:      []cluster.File{{Path: "/bin/" + base, Data: data}},
		Entrypoint: []string{"/bin/" + base},
	}
	if err := c.Import(tb.Context(), spec); err != nil {
		tb.Fatal(err)
	}
	return spec.Name
}

// ShellImage gives the node an image with a shell and returns its name; see cluster.Cluster.ImportShell.
func ShellImage(tb testing.TB, c *cluster.Cluster) string {
	tb.Helper()
	if err := c.ImportShell(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	return cluster.ShellImage
}

// need ends a test for which this machine lacks something, by name, and one that is to be short.
func need(tb testing.TB) {
	tb.Helper()
	if testing.Short() {
		tb.Skip("a real cluster takes longer than -short allows")
	}
	missing := missing()
	Need(tb, "cluster", missing == "", missing)
}

// Need ends a test for which this machine lacks something: it is skipped, or fails where LYNCEUS_REQUIRE lists the name.
// What says what is missing.
func Need(tb testing.TB, name string, ok bool, what string) {
	tb.Helper()
	switch {
	case ok:
	case required(name):
		tb.Fatalf("missing %s, which %s lists: %s", name, RequireEnv, what)
	default:
		tb.Skipf("missing %s: %s (%s=%s makes this a failure)", name, what, RequireEnv, name)
	}
}

// Soak skips a test that runs for long unless LYNCEUS_REQUIRE lists "soak". Such tests are named TestSoak….
func Soak(tb testing.TB) {
	tb.Helper()
	if !required("soak") {
		tb.Skipf("missing soak: a long test, run with %s=soak,cluster", RequireEnv)
	}
}

// required reports whether LYNCEUS_REQUIRE lists a name.
func required(name string) bool {
	return slices.ContainsFunc(strings.Split(os.Getenv(RequireEnv), ","), func(s string) bool { return strings.TrimSpace(s) == name })
}

// missing says what this machine lacks and how to get it, or "".
func missing() string {
	if os.Geteuid() != 0 {
		return "not run as root"
	}
	if packages := cluster.Missing(); len(packages) > 0 && os.Getenv(InstallEnv) == "" {
		return "the Debian packages " + strings.Join(packages, " ") + " are not installed"
	}
	unbuilt, err := cluster.Unbuilt(os.Getenv(cluster.BinariesEnv))
	if err != nil {
		return err.Error()
	}
	if len(unbuilt) > 0 {
		return strings.Join(unbuilt, " ") + " not built: run make cluster-prepare"
	}
	return ""
}
