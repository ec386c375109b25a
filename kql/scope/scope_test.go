package scope_test

import (
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/kql/scope"
)

func TestCheck(t *testing.T) {
	for _, tt := range []struct {
		s    scope.Scope
		want string // part of the error, "" for none
	}{
		{scope.Scope{}, ""},
		{scope.Scope{Clusters: []string{"prod", "EU:west-*"}, Namespaces: []string{"payments", "team-*", "0"}}, ""},
		{scope.Scope{Namespaces: []string{"*"}}, "alone"},
		{scope.Scope{Namespaces: []string{""}}, "missing"},
		{scope.Scope{Clusters: []string{"a*b"}}, "at the end only"},
		{scope.Scope{Clusters: []string{"a**"}}, "at the end only"},
		{scope.Scope{Clusters: []string{"a b"}}, "no name"},
		{scope.Scope{Namespaces: []string{"Payments"}}, "no name"},
		{scope.Scope{Namespaces: []string{"a|b"}}, "no name"},
		{scope.Scope{Namespaces: []string{strings.Repeat("a", 64)}}, "at most 63"},
		{scope.Scope{Namespaces: make([]string, 101)}, "at most 100"},
	} {
		err := tt.s.Check()
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v: %v, want %q", tt.s, err, tt.want)
		}
	}
}

func TestSees(t *testing.T) {
	s := scope.Scope{Clusters: []string{"prod", "eu-*"}, Namespaces: []string{"payments", "team-*"}}
	for _, tt := range []struct {
		cluster, namespace string
		want               bool
	}{
		{"prod", "payments", true}, {"eu-1", "team-a", true}, {"eu-", "team-", true}, {"prod", "payments2", false}, {"prod", "team", false},
		{"Prod", "payments", false}, {"test", "payments", false}, {"prod", "", false}, {"", "payments", false},
	} {
		if got := s.Sees(tt.cluster, tt.namespace); got != tt.want {
			t.Errorf("%s/%s: %t", tt.cluster, tt.namespace, got)
		}
	}
	if !(scope.Scope{}).Sees("", "") || !(scope.Scope{Clusters: []string{"c"}}).Sees("c", "") {
		t.Error("what does not limit leaves something out")
	}
}

func TestCovers(t *testing.T) {
	names := func(list ...string) scope.Scope { return scope.Scope{Namespaces: list} }
	for _, tt := range []struct {
		s, t scope.Scope
		want bool
	}{
		{scope.Scope{}, scope.Scope{}, true}, {scope.Scope{}, names("a"), true}, {names("a"), scope.Scope{}, false},
		{names("a", "b"), names("b"), true}, {names("a"), names("a", "b"), false}, {names("team-*"), names("team-a", "team-b-*"), true},
		{names("team-*"), names("te*"), false}, {names("team-a"), names("team-a*"), false}, {names("a"), scope.Scope{Clusters: []string{"c"}}, false},
		{scope.Scope{Clusters: []string{"c"}}, scope.Scope{Clusters: []string{"c"}, Namespaces: []string{"a"}}, true},
	} {
		if got := tt.s.Covers(tt.t); got != tt.want {
			t.Errorf("%q covers %q: %t", tt.s, tt.t, got)
		}
	}
}

func TestString(t *testing.T) {
	for _, tt := range []struct {
		s    scope.Scope
		want string
	}{
		{scope.Scope{}, ""},
		{scope.Scope{Clusters: []string{"prod"}}, "cluster prod"},
		{scope.Scope{Clusters: []string{"prod"}, Namespaces: []string{"a", "b-*"}}, "cluster prod; namespaces a, b-*"},
	} {
		if got := tt.s.String(); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}
