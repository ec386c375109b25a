package incident

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/expr"
	"github.com/lynceus-io/lynceus/rule"
)

func TestTitle(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{`
		10:00 kubernetes-admin list secrets - high ip=203.0.113.66 tags=credential_access
		10:05 kubernetes-admin create clusterrolebindings x high ip=203.0.113.66 role=cluster-admin subjects=evil tags=persistence`,
			`kubernetes-admin listed all secrets, then bound cluster-admin to evil, from 203.0.113.66`},
		{`
		10:00 jane create pods/exec shop/web-1 high cmd=sh_-c_id tags=execution
		10:10 system:serviceaccount:shop:web list secrets shop critical pod=web-1 ip=198.51.100.7 tags=credential_access`,
			`jane ran "sh -c id" in pod shop/web-1, then service account shop/web listed secrets in namespace shop, from 198.51.100.7`},
		{`
		10:00 system:anonymous get - - medium`,
			`an anonymous caller called /version (get -)`},
		{`
		10:00 jane create pods shop/x high title=Privileged_container
		10:01 jane patch configmaps kube-system/aws-auth medium title=CronJob_changed`,
			`jane created pod shop/x (privileged container), then changed config map kube-system/aws-auth (CronJob changed)`},
		{`
		10:00 jane create pods/exec shop/a high tags=execution
		10:01 jane list secrets - critical tags=credential_access
		10:02 john list secrets shop medium cred=x tags=impact
		10:03 jane list pods - low cred=x`,
			`jane ran a command in pod shop/a, then listed all secrets`},
		{`
		10:00 jane get secrets shop/db high real=mallory
		10:01 jane delete namespaces shop high real=mallory`,
			`mallory, as jane, read secret shop/db, then deleted namespace shop`},
		{`
		10:00 jane get secrets shop/a high
		10:01 jane get secrets shop/b high
		10:02 jane get secrets bar/c high`,
			`jane read 3 secrets in 2 namespaces`},
		{`
		10:00 jane get secrets shop/a medium failed
		10:01 jane get secrets shop/b medium failed
		10:02 jane get secrets shop/c medium failed`,
			`jane tried to read 3 secrets in namespace shop`},
		{`
		10:00 jane get secrets shop/a medium
		10:05 jane create clusterroles x medium
		10:07 jane delete events - low`,
			`jane read secret shop/a, then created cluster role x (create clusterroles)`},
	} {
		incs := Build(parseScenario(t, c.in), Options{})
		if len(incs) != 1 || incs[0].Title != c.want {
			t.Errorf("got %d incidents, title\n%s\nwant\n%s", len(incs), incs[0].Title, c.want)
		}
	}
}

func TestDescribe(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"10:00 u create pods/exec shop/a low", "ran a command in pod shop/a"},
		{"10:00 u create pods/attach shop/a low failed", "tried to attach to pod shop/a"},
		{"10:00 u get nodes/proxy n1 low", "reached through the API server to node n1"},
		{"10:00 u create serviceaccounts/token shop/a low failed", "tried to create a token for service account shop/a"},
		{"10:00 u create selfsubjectrulesreviews - low", "asked what it may do"},
		{"10:00 u create selfsubjectrulesreviews - low failed", "tried to ask what it may do"},
		{"10:00 u list nodes - low", "listed nodes"},
		{"10:00 u list secrets - low", "listed all secrets"},
		{"10:00 u deletecollection events shop/ low", "deleted events in namespace shop"},
		{"10:00 u create pods shop/ low", "created a pod in namespace shop"},
		{"10:00 u patch deployments shop/a low", "changed deployment shop/a"},
		{"10:00 u update widgets/scale shop/a low", "scaled widgets shop/a"},
		{"10:00 u update widgets/foo shop/a low", "changed the foo of widgets shop/a"},
		{"10:00 u frob widgets shop/a low failed", "tried to frob widgets shop/a"},
		{"10:00 u frob widgets shop/a low", "did frob on widgets shop/a"},
		{"10:00 u get - - low", "called /version"},
	} {
		if got := Describe(parseScenario(t, c.in)[0]); got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.in, got, c.want)
		}
	}
	none := &detect.Finding{Rule: &rule.Rule{Title: "Many refused requests"}}
	if got, want := Describe(none), `set off "Many refused requests"`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	long := &detect.Finding{Rule: &rule.Rule{}, Target: detect.Target{Verb: "get", Resource: "secrets", Name: strings.Repeat("é", 200)}}
	if got := Describe(long); len([]rune(got)) > len("read secret ")+maxName {
		t.Errorf("a name of 200 characters gives %d", len([]rune(got)))
	}
}

func TestSeverityChains(t *testing.T) {
	for _, c := range []struct {
		in   string
		want rule.Severity
	}{
		{`10:00 u list secrets - high tags=credential_access,discovery,collection`, rule.High},
		{`10:00 u list secrets - medium tags=credential_access
		  10:01 u create pods/exec a/b medium tags=execution`, rule.Medium},
		{`10:00 u list secrets - medium tags=credential_access
		  10:01 u create pods/exec a/b medium tags=execution
		  10:02 u create clusterrolebindings x medium tags=persistence`, rule.High},
		{`10:00 u list secrets - medium tags=credential_access
		  10:01 u create pods/exec a/b medium tags=execution
		  10:02 u create clusterrolebindings x low tags=persistence`, rule.Medium},
		{`10:00 u list secrets - critical tags=credential_access
		  10:01 u create pods/exec a/b medium tags=execution
		  10:02 u create clusterrolebindings x medium tags=persistence`, rule.Critical},
	} {
		inc := Build(parseScenario(t, c.in), Options{})[0]
		worst := rule.Severity(0)
		for _, f := range inc.Findings {
			worst = max(worst, f.Severity)
		}
		if inc.Severity != c.want || (inc.Severity != worst) != (len(inc.Reasons) > 0) {
			t.Errorf("%s: got %s %q, want %s", c.in, inc.Severity, inc.Reasons, c.want)
		}
	}
}

func TestTimeline(t *testing.T) {
	fs := parseScenario(t, `
		10:00 jane create pods/exec shop/web-1 high cmd=id
		10:00 jane get secrets shop/a low
		10:01 jane get secrets shop/b low
		10:02 jane get secrets shop/c medium last=10:30
		10:40 jane create pods/exec shop/web-1 high cmd=id`)
	fs[1].First, fs[1].AuditIDs = fs[0].First, fs[0].AuditIDs // one request, two rules
	inc := Build(fs, Options{})[0]
	var got []string
	for _, s := range inc.Timeline {
		got = append(got, fmt.Sprintf("%s-%s %s %s x%d [%s]", s.First.Format("15:04"), s.Last.Format("15:04"), s.Severity, s.Text, s.Count, strings.Join(s.Titles, ", ")))
	}
	want := []string{
		`10:00-10:00 high ran "id" in pod shop/web-1 x1 [create pods/exec, get secrets]`,
		`10:01-10:30 medium read secret shop/b, and read secret shop/c x2 [get secrets]`,
		`10:40-10:40 high ran "id" in pod shop/web-1 x1 [create pods/exec]`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	inc = Build(fs, Options{MaxSteps: 2})[0]
	if len(inc.Timeline) != 2 || inc.StepsOmitted != 1 || inc.Timeline[0].Severity != rule.High || inc.Timeline[1].Severity != rule.High {
		t.Errorf("bounded timeline: %+v omitted %d", inc.Timeline, inc.StepsOmitted)
	}
}

func TestStoryMembers(t *testing.T) {
	fs := parseScenario(t, `
		10:00 jane create pods/exec shop/web-1 medium ip=10.0.0.9 tags=execution,t1609
		10:10 system:serviceaccount:shop:web list secrets - high pod=web-1 ip=198.51.100.7 tags=credential_access,t1552.007 last=10:20
		10:30 system:serviceaccount:shop:web get secrets shop/db high pod=web-1 ip=198.51.100.7,10.0.0.9 tags=credential_access`)
	fs[1].Rule.Ext = &rule.Extension{Risk: "secrets hold passwords", Runbook: []string{"Rotate them.", "Ask."}}
	fs[0].Rule.Ext = &rule.Extension{Risk: "a shell", Runbook: []string{"Ask.", "Look."}}
	// The two reads of secrets share a request; of the first, 38 more than are
	// named.
	fs[0].EventUIDs, fs[1].EventUIDs, fs[2].EventUIDs = []string{"a"}, []string{"b", "c"}, []string{"c"}
	fs[1].Count = 40
	inc := Build(fs, Options{})[0]
	got := fmt.Sprintf("%v %s-%s %d %v %v %v %d %q %q %q", inc.Severity, inc.First.Format("15:04"), inc.Last.Format("15:04"), inc.Requests,
		inc.Tactics[0].Name, inc.Techniques, inc.Targets, inc.TargetsTotal, inc.Risk, inc.Todo, inc.Links)
	want := `high 10:00-10:30 41 Execution [T1552.007 Unsecured Credentials: Container API T1609 Container Administration Command] ` +
		`[all secrets secret shop/db pod shop/web-1] 3 "secrets hold passwords" ["Rotate them." "Ask." "Look."] ` +
		`["same service account: shop/web" "same external address, used by few: 198.51.100.7" "a pod, and then its token, were used: shop/web-1"]`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if a := inc.Actors; len(a) != 2 || a[0].Name != "shop/web" || a[0].Kind != ServiceAccount || a[0].Findings != 2 || a[0].Outside != "yes" ||
		strings.Join(a[0].Addresses, " ") != "198.51.100.7 10.0.0.9" || a[1].Name != "jane" || a[1].Outside != "no" {
		t.Errorf("actors %+v", a)
	}
	if inc.Root != fs[0] {
		t.Errorf("root is %s", inc.Root.ID)
	}
}

// An incident's id does not change when younger findings join it.
func TestIDIsStable(t *testing.T) {
	fs := parseScenario(t, `
		10:00 jane create pods/exec shop/web-1 high
		10:10 jane list secrets - critical`)
	a, b := Build(fs[:1], Options{})[0].ID, Build(fs, Options{})[0].ID
	if a != b || len(a) != 32 {
		t.Errorf("ids %s and %s", a, b)
	}
}

func TestTechniquesOfWhatMatters(t *testing.T) {
	inc := Build(parseScenario(t, `
		10:00 u list pods - low tags=discovery,t1613
		10:01 u list secrets - high tags=credential_access,t1552.007`), Options{})[0]
	if len(inc.Tactics) != 1 || len(inc.Techniques) != 1 || inc.Techniques[0].ID != "T1552.007" {
		t.Errorf("tactics %v, techniques %v", inc.Tactics, inc.Techniques)
	}
}

// Of a rule that matches by who calls, the first object says nothing; of one
// that counts by namespace, it is an example.
func TestWhatAFindingIsAbout(t *testing.T) {
	field := func(name string) expr.Node {
		return &expr.Pred{Field: event.Ref{Field: event.ByName(name).ID}, Op: expr.OpEq}
	}
	byCaller := &expr.And{X: []expr.Node{field("audit.caller_outside"), &expr.Not{X: field("resource.type")}}}
	byObject := &expr.And{X: []expr.Node{field("audit.caller_outside"), &expr.Or{X: []expr.Node{field("resource.type")}}}}
	perNamespace := &rule.Extension{Target: []event.Ref{{Field: event.ByName("k8s.namespace").ID}}}
	perName := &rule.Extension{Target: []event.Ref{{Field: event.ByName("resource.name").ID}}}
	for _, c := range []struct {
		tree   expr.Node
		ext    *rule.Extension
		count  int64
		want   string
		varied bool
	}{
		{byCaller, nil, 1, "read secret shop/db", false},
		{byCaller, nil, 5, "called the API", false},
		{byObject, nil, 5, "read secret shop/db", false},
		{byObject, perName, 5, "read secret shop/db", false},
		{byObject, perNamespace, 5, "read secret shop/db", true},
		{byObject, perNamespace, 1, "read secret shop/db", false},
		{nil, nil, 5, "read secret shop/db", false},
	} {
		f := parseScenario(t, "10:00 u get secrets shop/db low")[0]
		f.Rule.Expr, f.Rule.Ext, f.Count = c.tree, c.ext, c.count
		if got := Describe(f); got != c.want || Varied(f) != c.varied {
			t.Errorf("count %d: %q, varied %v, want %q, %v", c.count, got, Varied(f), c.want, c.varied)
		}
	}
}

func TestOptions(t *testing.T) {
	fs := parseScenario(t, `
		10:00 jane list secrets - high ip=203.0.113.66
		10:50 john list secrets - medium ip=203.0.113.66`)
	for _, c := range []struct {
		o    Options
		want int
	}{
		{Options{}, 1},
		{Options{Gap: 30 * time.Minute}, 2},
		{Options{MaxIdentities: 1}, 2},
		{Options{Identities: func(string) int { return 40 }}, 2},
	} {
		if got := len(Build(fs, c.o)); got != c.want {
			t.Errorf("%+v: %d incidents, want %d", c.o, got, c.want)
		}
	}
}

func TestOwnerNames(t *testing.T) {
	for _, c := range []struct{ pod, want string }{
		{"web", "web"},
		{"web-0", "web-0 web"},
		{"agent-x7x2z", "agent-x7x2z agent"},
		{"miner-6d4b75cb6d-hw2xk", "miner-6d4b75cb6d-hw2xk miner-6d4b75cb6d miner"},
		{"backup-29012345-hw2xk", "backup-29012345-hw2xk backup-29012345 backup"},
		{"miner-6d4b75cb6d", "miner-6d4b75cb6d miner"},
		{"shop-payments", "shop-payments"},
		{"-0", "-0"},
		{"a-", "a-"},
		{"", ""},
	} {
		if got := strings.Join(ownerNames(c.pod), " "); got != c.want {
			t.Errorf("ownerNames(%q) = %s, want %s", c.pod, got, c.want)
		}
	}
}
