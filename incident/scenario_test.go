package incident

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/rule"
)

// A scenario is one finding a line:
//
//	[day+]HH:MM user verb resource[/subresource] [namespace/]name|- severity [key=value]...
//
// and wants incidents, each as the numbers of its findings, from 0. The
// service account of a user name is filled in, and ip= is outside unless it
// is 10.x or out= says otherwise.
var scenarios = []struct {
	name string
	in   string
	want string
}{
	{"nothing", ``, ``},
	{"a lone low finding stays a finding", `
		10:00 jane get secrets shop/db low`, ``},
	{"several low findings do, too", `
		10:00 jane get secrets shop/db low
		10:01 jane get secrets shop/api low
		10:02 jane create selfsubjectrulesreviews - informational`, ``},
	{"a low finding joins", `
		10:00 jane create selfsubjectrulesreviews - low
		10:05 jane list secrets - high`, `0 1`},
	{"what is far from the attack does not", `
		08:00 jane create selfsubjectrulesreviews - low
		09:10 jane create selfsubjectrulesreviews - low
		10:05 jane list secrets - high
		11:10 jane get secrets shop/db low`, `1 2`},
	{"what only informs does not", `
		10:00 jane get pods shop/db informational
		10:05 jane list secrets - high`, `1`},
	{"two unrelated people stay two", `
		10:00 jane list secrets - high
		10:05 john create pods/exec shop/web-1 high`, `0|1`},
	{"the same pod does not join two people", `
		10:00 jane create pods/exec shop/web-1 high
		10:05 john create pods/exec shop/web-1 high`, `0|1`},
	{"the same inside address does not join", `
		10:00 jane list secrets - high ip=10.0.0.5
		10:05 john create pods/exec shop/web-1 high ip=10.0.0.5`, `0|1`},
	{"loopback does not join, whatever it claims to be", `
		10:00 jane list secrets - high ip=127.0.0.1 out=yes
		10:05 john create pods/exec shop/web-1 high ip=127.0.0.1 out=yes`, `0|1`},
	{"an address of unknown place does not join", `
		10:00 jane list secrets - high ip=192.0.2.9 out=unknown
		10:05 john list secrets - high ip=192.0.2.9 out=unknown`, `0|1`},
	{"an external address joins a few identities", `
		10:00 jane list secrets - high ip=203.0.113.66
		10:05 system:serviceaccount:shop:web create pods shop/x high ip=203.0.113.66
		10:06 system:anonymous get - - medium ip=203.0.113.66`, `0 1 2`},
	{"a proxy that many use does not", `
		10:00 a list secrets - high ip=203.0.113.66
		10:01 b list secrets - high ip=203.0.113.66
		10:02 c list secrets - high ip=203.0.113.66
		10:03 d list secrets - low ip=203.0.113.66`, `0|1|2`},
	{"an address that many use, each of them for harm, is no proxy", `
		10:00 a list secrets - high ip=203.0.113.66
		10:01 system:serviceaccount:kube-system:namespace-controller list secrets - high ip=203.0.113.66
		10:02 system:node:n1 create pods shop/x critical ip=203.0.113.66
		10:03 d list secrets - high ip=203.0.113.66
		10:04 system:anonymous get - - medium ip=203.0.113.66`, `0 1 2 3 4`},
	{"the same account name in two clusters is two", `
		10:00 jane list secrets - high cluster=a
		10:01 jane list secrets - high cluster=b`, `0|1`},
	{"a pause of more than six hours parts", `
		08:00 jane list secrets - high
		14:00 jane list secrets shop high
		20:01 jane create pods/exec shop/web-1 high`, `0 1|2`},
	{"a long finding bridges", `
		08:00 jane list secrets - high last=18:00
		20:01 jane create pods/exec shop/web-1 high`, `0 1`},
	{"a system component does not join by its name", `
		10:00 system:kube-controller-manager list secrets - high
		10:01 system:kube-controller-manager create pods shop/x high`, `0|1`},
	{"nor does a controller's service account", `
		10:00 system:serviceaccount:kube-system:replicaset-controller create pods shop/a high
		10:01 system:serviceaccount:kube-system:replicaset-controller create pods bar/b high`, `0|1`},
	{"nor a node", `
		10:00 system:node:n1 get secrets shop/db high
		10:01 system:node:n1 create pods shop/x high`, `0|1`},
	{"nor do anonymous callers", `
		10:00 system:anonymous get - - high
		10:01 system:anonymous list secrets - high`, `0|1`},
	{"but anonymous callers from one external address do, with each other", `
		10:00 system:anonymous get - - high ip=203.0.113.66
		10:01 system:anonymous list secrets - high ip=203.0.113.66
		10:02 a list secrets - high ip=203.0.113.66
		10:03 b list secrets - low ip=203.0.113.66
		10:04 c list secrets - low ip=203.0.113.66
		10:05 d list secrets - low ip=203.0.113.66`, `0 1|2`},
	{"who borrows a controller's name elsewhere joins by it", `
		10:00 system:serviceaccount:default:replicaset-controller create pods shop/a high
		10:01 system:serviceaccount:default:replicaset-controller list secrets - high`, `0 1`},
	{"a stolen component identity joins by the address it is used from", `
		10:00 system:node:n1 get secrets shop/db high ip=203.0.113.66
		10:01 system:node:n1 create pods shop/x high ip=203.0.113.66`, `0 1`},
	{"and through a proxy by name and address together", `
		10:00 system:node:n1 get secrets shop/db high ip=203.0.113.66
		10:01 system:node:n1 create pods shop/x high ip=203.0.113.66
		10:02 a get secrets shop/a low ip=203.0.113.66
		10:02 b get secrets shop/a low ip=203.0.113.66
		10:02 c get secrets shop/a low ip=203.0.113.66`, `0 1`},
	{"impersonation belongs to who signed in", `
		10:00 jane list secrets - high real=mallory
		10:01 mallory create pods/exec shop/web-1 high
		10:02 jane create pods/exec bar/x-1 high`, `0 1|2`},
	{"a credential under two names", `
		10:00 jane list secrets - high cred=X509SHA256=abc
		10:01 jane@corp create pods/exec shop/web-1 high cred=X509SHA256=abc`, `0 1`},
	{"exec, then the token of that pod from outside", `
		10:00 jane create pods/exec shop/web-1 high
		10:10 system:serviceaccount:shop:web list secrets - high pod=web-1 ip=198.51.100.7`, `0 1`},
	{"the token of another pod is another story", `
		10:00 jane create pods/exec shop/web-1 high
		10:10 system:serviceaccount:shop:web list secrets - high pod=web-2 ip=198.51.100.7`, `0|1`},
	{"the token of that pod, before the exec", `
		10:00 system:serviceaccount:shop:web list secrets - high pod=web-1
		10:10 jane create pods/exec shop/web-1 high`, `0|1`},
	{"a pod used the token of another", `
		10:00 system:serviceaccount:data:notebook create cronjobs data/x medium pod=notebook-1 from=data/notebook-1
		10:10 system:serviceaccount:ci:runner patch deployments shop/cart high pod=runner-1 from=data/notebook-1
		10:20 system:serviceaccount:ops:old list secrets - high from=data/notebook-1
		10:30 system:serviceaccount:ops:new list secrets - high from=data/notebook-2`, `0 1 2|3`},
	{"what people do through a pod is theirs", `
		10:00 jane list secrets - high from=ui/dashboard-1
		10:10 john list secrets - high from=ui/dashboard-1
		10:20 system:serviceaccount:ui:dashboard list secrets - high pod=dashboard-1 from=ui/dashboard-1`, `0|1|2`},
	{"exec, then another's token from that pod", `
		10:00 jane create pods/exec data/notebook-1 high
		10:10 system:serviceaccount:ci:runner list secrets - high pod=runner-1 from=data/notebook-1`, `0 1`},
	{"an exec that was refused stole nothing", `
		10:00 jane create pods/exec shop/web-1 medium failed
		10:10 system:serviceaccount:shop:web list secrets - high pod=web-1`, `0|1`},
	{"whoever may have stolen it is listed", `
		10:00 jane create pods/exec shop/web-1 high
		10:05 john create pods/exec shop/web-1 high
		10:10 system:serviceaccount:shop:web list secrets - high pod=web-1`, `0 1 2`},
	{"a binding to somebody, who then acts", `
		10:00 jane create clusterrolebindings x high role=cluster-admin subjects=evil
		10:10 evil list secrets - high`, `0 1`},
	{"a binding to a service account of its namespace", `
		10:00 jane create rolebindings shop/x high role=admin subjects=web kinds=ServiceAccount
		10:10 system:serviceaccount:shop:web list secrets shop high
		10:11 system:serviceaccount:bar:web list secrets bar high`, `0 1|2`},
	{"a cluster-wide one whose namespace is recorded", `
		10:00 jane create clusterrolebindings x high role=admin subjects=web kinds=ServiceAccount namespaces=bar,bar
		10:10 system:serviceaccount:shop:web list secrets shop high
		10:11 system:serviceaccount:bar:web list secrets bar high`, `0 2|1`},
	{"a binding to a group joins nobody", `
		10:00 jane create clusterrolebindings x high role=view subjects=devs kinds=Group
		10:10 devs list secrets - high`, `0|1`},
	{"a token created for an account, then used", `
		10:00 jane create serviceaccounts/token shop/web high
		10:10 system:serviceaccount:shop:web list secrets - high`, `0 1`},
	{"a legacy token read, then used", `
		10:00 jane get secrets shop/web-token-x7x2z high
		10:10 system:serviceaccount:shop:web list secrets - high`, `0 1`},
	{"a workload made by one, entered by another", `
		10:00 jane create deployments shop/miner high
		10:10 john create pods/exec shop/miner-6d4b75cb6d-hw2xk high
		10:11 joan create pods/exec shop/miner-web-6d4b75cb6d-hw2xk high`, `0 1|2`},
	{"ordinary work makes nothing possible", `
		10:00 ci create deployments shop/web low
		10:10 john create pods/exec shop/web-6d4b75cb6d-hw2xk high`, `1`},
	{"a controller's pod belongs to who made the workload", `
		10:00 jane create daemonsets shop/agent high
		10:01 system:serviceaccount:kube-system:daemon-set-controller create pods shop/agent-x7x2z high
		10:02 system:serviceaccount:shop:agent list secrets - high pod=agent-x7x2z`, `0 1 2`},
	{"a certificate requested and approved", `
		10:00 jane create certificatesigningrequests evil high
		10:01 john update certificatesigningrequests/approval evil high`, `0 1`},
	{"an incident goes on over midnight", `
		23:50 jane list secrets - high
		1+00:10 jane create pods/exec shop/web-1 high`, `0 1`},
}

func TestScenarios(t *testing.T) {
	for _, c := range scenarios {
		t.Run(c.name, func(t *testing.T) {
			fs := parseScenario(t, c.in)
			if got := partition(fs, Build(fs, Options{})); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// The order in which findings come must not matter.
func TestBuildIsDeterministic(t *testing.T) {
	for _, c := range scenarios {
		fs := parseScenario(t, c.in)
		want := fmt.Sprintf("%+v", flatten(Build(fs, Options{})))
		for seed := range uint64(5) {
			shuffled := append(slices.Clone(fs), fs...)
			rand.New(rand.NewPCG(seed, 1)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
			if got := fmt.Sprintf("%+v", flatten(Build(shuffled, Options{}))); got != want {
				t.Fatalf("%s:\ngot  %s\nwant %s", c.name, got, want)
			}
		}
	}
}

// flatten makes incidents printable: pointers become what they point to.
func flatten(incs []*Incident) []Incident {
	var out []Incident
	for _, i := range incs {
		c := *i
		c.Root, c.Findings = nil, nil
		c.Timeline = slices.Clone(c.Timeline)
		for j := range c.Timeline {
			c.Timeline[j].act = act{}
		}
		out = append(out, c)
	}
	return out
}

// partition writes incidents as the numbers of their findings.
func partition(fs []*detect.Finding, incs []*Incident) string {
	var out []string
	for _, inc := range incs {
		var nums []string
		for i, f := range fs {
			if slices.Contains(inc.Findings, f) {
				nums = append(nums, fmt.Sprint(i))
			}
		}
		out = append(out, strings.Join(nums, " "))
	}
	slices.Sort(out)
	return strings.Join(out, "|")
}

// parseScenario reads the findings of a scenario.
func parseScenario(tb testing.TB, text string) []*detect.Finding {
	tb.Helper()
	var out []*detect.Finding
	for line := range strings.Lines(text) {
		w := strings.Fields(line)
		if len(w) == 0 {
			continue
		}
		if len(w) < 6 {
			tb.Fatalf("scenario line %q: want at least 6 words", line)
		}
		f := &detect.Finding{Count: 1, First: clock(tb, w[0]), Rule: &rule.Rule{}}
		f.Last = f.First
		f.Actor.User = w[1]
		f.Target.Verb = w[2]
		if w[3] != "-" {
			f.Target.Resource, f.Target.Subresource, _ = strings.Cut(w[3], "/")
		} else {
			f.Target.URI = "/version"
		}
		if ns, name, ok := strings.Cut(w[4], "/"); ok {
			f.Target.Namespace, f.Target.Name = ns, name
		} else if w[4] != "-" && w[2] == "list" {
			f.Target.Namespace = w[4]
		} else if w[4] != "-" {
			f.Target.Name = w[4]
		}
		sev, err := rule.ParseSeverity(w[5])
		if err != nil {
			tb.Fatal(err)
		}
		f.Severity = sev
		if sa, ok := strings.CutPrefix(w[1], saPrefix); ok {
			f.Actor.ServiceAccount = strings.Replace(sa, ":", "/", 1)
		}
		f.Actor.Outside = "unknown"
		for _, kv := range w[6:] {
			k, v, _ := strings.Cut(kv, "=")
			set(tb, f, k, v)
		}
		f.Rule.ID = w[2] + "_" + w[3] + strings.Join(f.Rule.Tags, "")
		if f.Rule.Title == "" {
			f.Rule.Title = w[2] + " " + w[3]
		}
		f.ID = fmt.Sprintf("%032x", len(out)+1)
		f.AuditIDs = []string{fmt.Sprintf("audit-%d", len(out))}
		out = append(out, f)
	}
	return out
}

func set(tb testing.TB, f *detect.Finding, k, v string) {
	switch k {
	case "ip":
		f.Actor.IPs = strings.Split(v, ",")
		f.Actor.Outside = "yes"
		if strings.HasPrefix(v, "10.") {
			f.Actor.Outside = "no"
		}
	case "out":
		f.Actor.Outside = v
	case "cluster":
		f.Cluster = v
	case "last":
		f.Last = clock(tb, v)
	case "real":
		f.Actor.RealUser = v
	case "cred":
		f.Actor.CredentialID = v
	case "pod":
		f.Actor.TokenPod = v
	case "from":
		f.Actor.CallerPod = v
	case "failed":
		f.Failed = f.Count
	case "role":
		f.Evidence = append(f.Evidence, detect.Value{Field: evidenceRole, Value: v})
	case "subjects":
		f.Evidence = append(f.Evidence, detect.Value{Field: evidenceSubjects, Value: v})
	case "kinds":
		f.Evidence = append(f.Evidence, detect.Value{Field: evidenceKinds, Value: v})
	case "namespaces":
		f.Evidence = append(f.Evidence, detect.Value{Field: evidenceNamespaces, Value: v})
	case "tags":
		for _, t := range strings.Split(v, ",") {
			f.Rule.Tags = append(f.Rule.Tags, "attack."+t)
		}
	case "cmd":
		f.Target.Command = strings.ReplaceAll(v, "_", " ")
	case "title":
		f.Rule.Title = strings.ReplaceAll(v, "_", " ")
	default:
		tb.Fatalf("scenario: unknown key %q", k)
	}
}

func clock(tb testing.TB, text string) time.Time {
	tb.Helper()
	days := 0
	if d, rest, ok := strings.Cut(text, "+"); ok {
		fmt.Sscan(d, &days)
		text = rest
	}
	t, err := time.Parse("15:04", text)
	if err != nil {
		tb.Fatal(err)
	}
	return time.Date(2026, 3, 4+days, t.Hour(), t.Minute(), 0, 0, time.UTC)
}
