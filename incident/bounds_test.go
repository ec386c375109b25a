package incident

import (
	"fmt"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/rule"
)

// manyFindings returns n findings of identities, spread over a week.
func manyFindings(n, identities int) []*detect.Finding {
	r := &rule.Rule{ID: "r", Title: "R", Severity: rule.Medium, Tags: []string{"attack.execution", "attack.t1609"}}
	out := make([]*detect.Finding, n)
	for i := range out {
		at := time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC).Add(time.Duration(i) * (7 * 24 * time.Hour / time.Duration(n)))
		out[i] = &detect.Finding{
			ID: fmt.Sprintf("%032x", i), Rule: r, Severity: rule.Medium, First: at, Last: at, Count: 1,
			Actor:  detect.Actor{User: fmt.Sprintf("user-%d", i%identities), IPs: []string{"203.0.113.66"}, Outside: "yes"},
			Target: detect.Target{Verb: "create", Resource: "pods", Subresource: "exec", Namespace: "shop", Name: fmt.Sprintf("web-%d", i)},
		}
	}
	return out
}

// One incident of very many findings stays presentable.
func TestLargeIncidentIsBounded(t *testing.T) {
	fs := manyFindings(20_000, 2)
	inc := Build(fs, Options{})
	if len(inc) != 1 {
		t.Fatalf("%d incidents, want 1", len(inc))
	}
	if i := inc[0]; len(i.Timeline) != 200 || i.StepsOmitted != 20_000-200 || len(i.Targets) != 50 || i.TargetsTotal != 20_000 || len(i.Title) > 400 {
		t.Errorf("%d steps, %d omitted, %d of %d targets, title %s", len(i.Timeline), i.StepsOmitted, len(i.Targets), i.TargetsTotal, i.Title)
	}
	if got := len(Build(manyFindings(20_000, 100), Options{})); got != 100 {
		t.Errorf("%d incidents of 100 people behind one proxy", got)
	}
}

func BenchmarkBuild(b *testing.B) {
	for _, n := range []int{1_000, 100_000} {
		fs := manyFindings(n, 500)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Build(fs, Options{})
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/finding")
		})
	}
}

// Whatever findings say, Build groups each once, in order, and keeps its
// promises about severity.
func FuzzBuild(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
	f.Fuzz(func(t *testing.T, data []byte) {
		fs := fuzzFindings(data)
		in := map[*detect.Finding]bool{}
		for _, inc := range Build(fs, Options{}) {
			worst := rule.Severity(0)
			for i, x := range inc.Findings {
				if in[x] || i > 0 && x.First.Before(inc.Findings[i-1].First) {
					t.Fatal("a finding is twice, or out of order")
				}
				in[x] = true
				worst = max(worst, x.Severity)
			}
			if worst < rule.Medium || inc.Severity < worst || inc.Severity > worst.Raise(1) || inc.Root != inc.Findings[0] || inc.Title == "" {
				t.Fatalf("incident %+v", inc)
			}
		}
		for _, x := range fs {
			if x.Severity >= rule.Medium && !in[x] {
				t.Fatalf("finding %s of severity %s is in no incident", x.ID, x.Severity)
			}
		}
	})
}

// fuzzFindings makes a finding of every four bytes.
func fuzzFindings(data []byte) []*detect.Finding {
	users := []string{"jane", "john", "", "system:anonymous", "system:node:n1", "system:serviceaccount:shop:web", "system:serviceaccount:kube-system:job-controller", "system:serviceaccount:x"}
	resources := []string{"pods", "secrets", "serviceaccounts", "clusterrolebindings", "deployments", "certificatesigningrequests", "", "widgets"}
	verbs := []string{"get", "list", "create", "patch", "delete", "", "deletecollection", "approve"}
	names := []string{"web-1", "web", "", "web-token-abcde", "web-6d4b75cb6d-hw2xk", "a\x00b", "é", "-"}
	var out []*detect.Finding
	for i := 0; i+4 <= len(data) && len(out) < 200; i += 4 {
		a, b, c, d := data[i], data[i+1], data[i+2], data[i+3]
		x := &detect.Finding{
			ID: fmt.Sprintf("%032x", i), Rule: &rule.Rule{ID: resources[b&7], Tags: []string{"attack.execution"}}, Severity: rule.Severity(1 + a%5),
			First: time.Unix(int64(d)*600, 0), Count: int64(c & 3), Failed: int64(c >> 6 & 1),
			Actor:  detect.Actor{User: users[a>>5], IPs: []string{"203.0.113.66", "10.0.0.1"}[:c>>4&1], Outside: []string{"yes", "no"}[c>>5&1], ServiceAccount: "shop/web", TokenPod: names[d&7]},
			Target: detect.Target{Resource: resources[b&7], Verb: verbs[b>>3&7], Name: names[c&7], Namespace: "shop", Subresource: []string{"", "exec", "token", "odd"}[b>>6]},
		}
		x.Last = x.First.Add(time.Duration(c) * time.Minute)
		out = append(out, x)
	}
	return out
}
