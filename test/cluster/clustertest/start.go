package clustertest

import (
	"context"
	"fmt"
	"io"
	"os"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/test/cluster"
)

// up starts a cluster, and once more if that fails: components of Kubernetes end themselves when others do not answer in
// time, which happens on a machine that does too much else. log gets the reason, with the end of each component's log.
func up(ctx context.Context, log io.Writer, config cluster.Config) (*cluster.Cluster, error) {
	c, err := cluster.Up(ctx, config)
	if err == nil || ctx.Err() != nil {
		return c, err
	}
	fmt.Fprintf(log, "the first start failed, here is a second: %v\n", err)
	return cluster.Up(ctx, config)
}

// explainTimeout bounds each question about a cluster whose test failed.
const explainTimeout = time.Minute

// explain logs, where a test failed, how its cluster is: pods, warnings, and the end of each component's log.
func explain(tb testing.TB, c *cluster.Cluster) {
	if !tb.Failed() {
		return
	}
	tb.Helper()
	if _, err := os.Stat(c.Dir()); err != nil {
		return // the test ended its cluster
	}
	for _, args := range [][]string{
		{"get", "pods", "--all-namespaces", "-o", "wide"},
		{"get", "events", "--all-namespaces", "--field-selector=type=Warning"},
	} {
		ctx, cancel := context.WithTimeout(context.Background(), explainTimeout)
		out, err := c.Kubectl(ctx, args...).CombinedOutput()
		cancel()
		tb.Logf("kubectl %v: %v\n%s", args, err, out)
	}
	tb.Logf("the cluster's logs\n%s", c.LogTails())
}
