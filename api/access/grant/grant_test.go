package grant

import (
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/api/token"

	"github.com/lynceus-io/lynceus/internal/settings"
)

const sample = `
rules:
  - oidc: {groups: [sec, soc], email: [boss@example.org]}
    role: admin
  - oidc: {groups: [sec, soc]}
    role: responder
  - oidc: {groups: [payments]}
    role: analyst
    clusters: [prod]
    namespaces: [payments, "team-*"]
  - kubernetes: {groups: ["system:serviceaccounts:monitoring"]}
    role: viewer
  - kubernetes: {users: [groups, jane]}
    role: viewer
    namespaces: [dev]
`

func TestFirstThatFits(t *testing.T) {
	r, err := Parse("x.yaml", []byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		claims Claims
		role   token.Role
		scope  string
	}{
		{Claims{"groups": {"x", "soc"}, "email": {"boss@example.org"}}, token.Admin, ""},
		{Claims{"groups": {"soc", "payments"}}, token.Responder, ""},
		{Claims{"groups": {"payments"}}, token.Analyst, "cluster prod; namespaces payments, team-*"},
		{Claims{"groups": {"Payments"}}, 0, ""},
		{Claims{"email": {"boss@example.org"}}, 0, ""},
		{Claims{"users": {"jane"}}, 0, ""},
		{nil, 0, ""},
	} {
		if g, ok := r.OIDC(tt.claims); g.Role != tt.role || g.Scope.String() != tt.scope || ok != (tt.role != 0) {
			t.Errorf("%v: %v %t", tt.claims, g, ok)
		}
	}
	for _, tt := range []struct {
		user   string
		groups []string
		want   bool
	}{{"jane", nil, true}, {"x", []string{"system:serviceaccounts:monitoring"}, true}, {"x", []string{"jane"}, false}, {"", nil, false}, {"boss", []string{"sec"}, false}} {
		if _, ok := r.Kubernetes(tt.user, tt.groups); ok != tt.want {
			t.Errorf("%s %v: %t", tt.user, tt.groups, ok)
		}
	}
}

func TestWhatIsWrong(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"", "x.yaml: it has no rules"},
		{"rules: []", "no rules"},
		{"rules: {}", "x.yaml:1:8: rules has to be a list"},
		{"rule: []", `x.yaml:1:1: the file has no "rule"; it can have rules`},
		{"rules:\n  - {oidc: {groups: [a]}, role: viewer, namespace: [x]}", `2:41: a rule has no "namespace"`},
		{"rules:\n  - {oidc: {groups: [a]}}", "2:5: the rule gives no role"},
		{"rules:\n  - {role: viewer}", "give either oidc or kubernetes"},
		{"rules:\n  - {oidc: {groups: [a]}, kubernetes: {users: [b]}, role: viewer}", "give either oidc or kubernetes"},
		{"rules:\n  - {oidc: {}, role: viewer}", "2:12: say who it is"},
		{"rules:\n  - {oidc: {groups: []}, role: viewer}", "groups lists nothing"},
		{"rules:\n  - {oidc: {groups: [1]}, role: viewer}", "in quotation marks"},
		{"rules:\n  - {oidc: {groups: a}, role: viewer}", "groups has to be a list"},
		{"rules:\n  - {oidc: {groups: [a]}, role: agent}", `"agent" is no role of people`},
		{"rules:\n  - {oidc: {groups: [a]}, role: admin, namespaces: [x]}", "admin cannot be limited"},
		{"rules:\n  - {oidc: {groups: [a]}, role: viewer, namespaces: []}", "namespaces lists nothing"},
		{"rules:\n  - {oidc: {groups: [a]}, role: viewer, namespaces: ['*']}", "leave the list out"},
		{"rules:\n  - {kubernetes: {uid: [a]}, role: viewer}", `Kubernetes says nothing called "uid"`},
		{"rules:\n  - {oidc: {g: [a], g: [b]}, role: viewer}", "already defined"},
		{"rules:\n  - {oidc: {g: &x [a]}, role: viewer, role: admin}", "already defined"},
		{"rules: [", "x.yaml: "},
		{strings.Repeat("#", settings.MaxFile+1), "is the most"},
	} {
		r, err := Parse("x.yaml", []byte(tt.text))
		if err == nil || !strings.Contains(err.Error(), tt.want) && !strings.Contains(err.Error(), "there twice") {
			t.Errorf("%.60q: %v %v, want %q", tt.text, r, err, tt.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte("rules: [*a]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := Parse("x", data)
		if err != nil {
			return
		}
		for _, one := range r.list {
			if !one.role.Person() || len(one.conditions) == 0 || one.scope.Check() != nil || !one.scope.All() && !one.role.Limitable() {
				t.Errorf("%q gives %+v", data, one)
			}
		}
	})
}
