package ownrules_test

import (
	"testing"

	"github.com/lynceus-io/lynceus/kql/scope"
	"github.com/lynceus-io/lynceus/store/ownrules"
)

func TestSpace(t *testing.T) {
	payments := scope.Scope{Clusters: []string{"prod", "east"}, Namespaces: []string{"payments"}}
	same := scope.Scope{Clusters: []string{"east", "prod", "east"}, Namespaces: []string{"payments"}}
	other := scope.Scope{Clusters: []string{"payments"}, Namespaces: []string{"prod", "east"}}
	space := ownrules.Space(payments)
	if ownrules.Space(same) != space || ownrules.Space(other) == space || ownrules.Space(scope.Scope{}) != ownrules.Prefix {
		t.Errorf("%q, %q, %q", space, ownrules.Space(same), ownrules.Space(other))
	}
	f := func(id string, s scope.Scope, want bool) {
		t.Helper()
		if got := ownrules.InSpace(id, s); got != want {
			t.Errorf("%s of %q: %v", id, s, got)
		}
	}
	f("own_secrets", scope.Scope{}, true)
	f("own_secrets", payments, false)
	f(space+"secrets", payments, true)
	f(space+"secrets", same, true)
	f(space+"secrets", other, false)
	f(space+"secrets", scope.Scope{}, false)
	f("own_s12345678", scope.Scope{}, true)
}
