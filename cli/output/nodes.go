package output

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/bus/peer"
)

// nodeBehind is how long a node may run something else than it is to until its line is red: as long as until that is a
// condition.
const nodeBehind = time.Minute

// WriteNodes lists sensors and agents: since when they are connected, what they run and what they are to run. A node that
// runs something else for a minute is red.
func WriteNodes(w io.Writer, list []api.Node, now time.Time, o TextOptions) error {
	var b bytes.Buffer
	tw := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "CLUSTER\tNODE\tSTATE\tVERSION\tPOLICY\tRULES\tCLOCK\tADDRESS\tTROUBLE")
	for i := range list {
		n := &list[i]
		cells := []string{
			n.Cluster, nodeName(n), nodeState(n, now), n.Version, nodeRuns(n.Policy, n.WantedPolicy), nodeRuns(n.Rules, n.WantedRules), nodeClock(n), n.Address, nodeTrouble(n),
		}
		for i := range cells {
			cells[i] = Clean(cells[i])
		}
		fmt.Fprintln(tw, strings.Join(cells, "\t"))
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	p, line := paint{o.Color}, -1
	for text := range strings.Lines(b.String()) {
		if line >= 0 && list[line].BehindSince != nil && now.Sub(*list[line].BehindSince) >= nodeBehind {
			text = p.with(sgrRed, strings.TrimSuffix(text, "\n")) + "\n"
		}
		line++
		if _, err := io.WriteString(w, text); err != nil {
			return err
		}
	}
	return nil
}

func nodeName(n *api.Node) string {
	if n.Kind == peer.Agent {
		return "(agent)"
	}
	return n.Node
}

func nodeState(n *api.Node, now time.Time) string {
	switch {
	case n.Connected:
		return "connected for " + now.Sub(n.Since).Round(time.Second).String()
	case n.LastSeen != nil:
		return "away, heard of " + now.Sub(*n.LastSeen).Round(time.Second).String() + " ago"
	}
	return "away"
}

// nodeRuns says which version runs, and which is to.
func nodeRuns(have, want string) string {
	if want == "" || have == want {
		return have
	}
	if have == "" {
		have = "none"
	}
	return have + " (to be " + want + ")"
}

func nodeClock(n *api.Node) string {
	if n.Ahead == nil {
		return ""
	}
	return time.Duration(*n.Ahead * float64(time.Second)).Round(time.Millisecond).String()
}

func nodeTrouble(n *api.Node) string {
	if n.Behind == "" || n.Status == "" {
		return n.Behind + n.Status
	}
	return n.Behind + "; " + n.Status
}
