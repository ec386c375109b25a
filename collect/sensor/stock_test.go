//go:build linux

package sensor

import (
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/collect/sensor/plan"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/internal/require"
	"github.com/lynceus-io/lynceus/rule/files"
	ruleload "github.com/lynceus-io/lynceus/rule/load"
)

// TestFalcoRulesAboutNetwork holds that Falco's own rules find in these rows what they are about.
func TestFalcoRulesAboutNetwork(t *testing.T) {
	ofKernel(t)
	require.BPF(t)
	dir := filepath.Join(require.Corpora(t), "falco-rules")
	var trees []files.Tree
	for _, name := range []string{"falco_rules.yaml", "falco-incubating_rules.yaml"} {
		trees = append(trees, files.Path(filepath.Join(dir, name)))
	}
	rules := ruleload.Load(trees...).Rules
	w := newWire(t)
	c := newContainer(t)
	for _, addr := range []string{"169.254.169.254", "198.51.100.53"} {
		if out, err := exec.Command("ip", strings.Fields("-n "+w.right+" addr add "+addr+"/32 dev cable")...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	if out, err := exec.Command("ip", strings.Fields("-n "+w.left+" route add 169.254.169.254/32 dev cable")...).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	serving(t, in(w.right, "serve", "[::]:80", "0"))
	serving(t, in(w.right, "echo", right4+":9999"))
	rec := start(t, Spec{Plan: plan.Plan{Network: true}, AddressNames: map[netip.Addr]string{netip.MustParseAddr("198.51.100.53"): "kubernetes.default.svc.cluster.local"}})
	ssh := filepath.Join(t.TempDir(), "ssh")
	if err := os.Symlink(testBinary(), ssh); err != nil {
		t.Fatal(err)
	}
	ip, err := exec.LookPath("ip")
	if err != nil {
		t.Fatal(err)
	}
	contained := func(program, what string, args ...string) *exec.Cmd {
		return helper("enter", append([]string{c.dir, ip, "netns", "exec", w.left, program, helperWord, what}, args...)...)
	}
	for _, tt := range []struct {
		rule string
		cmd  *exec.Cmd
	}{
		{"Contact K8S API Server From Container", contained(testBinary(), "dial", "198.51.100.53:80", "1", "1")},
		{"Contact cloud metadata service from container", contained(testBinary(), "dial", "169.254.169.254:80", "1", "2")},
		{"Packet socket created in container", contained(testBinary(), "sniff")},
		{"Disallowed SSH Connection Non Standard Port", contained(ssh, "dial", right4+":80", "1", "3")},
		{"Unexpected UDP Traffic", contained(testBinary(), "talk", right4+":9999", "4", "1", "connected")},
	} {
		if out, err := tt.cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v: %s", tt.rule, err, out)
		}
		line := strings.Join(tt.cmd.Args[slices.Index(tt.cmd.Args, c.dir)+5:], " ")
		var programs []*expr.Program
		for _, r := range rules {
			if r.Title == tt.rule && r.Table == event.ClassNetwork {
				p, err := expr.NewProgram([]expr.Node{r.Expr}, expr.Options{})
				if err != nil {
					t.Fatal(err)
				}
				programs = append(programs, p)
			}
		}
		if len(programs) == 0 {
			t.Errorf("%s: no such rule", tt.rule)
		}
		rec.await(t, 1, tt.rule, func(e *event.Event) bool {
			if e.Class != event.ClassNetwork || !strings.Contains(event.ActorProcessCmdLine.Get(e), line) || event.ContainerUID.Get(e) != c.id {
				return false
			}
			return slices.ContainsFunc(programs, func(p *expr.Program) bool {
				s := p.NewSubject()
				s.Load(e)
				return p.Eval(s, 0)
			})
		})
	}
}
