package ownrules

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"slices"

	"github.com/lynceus-io/lynceus/kql/scope"
)

// limitedID begins the ids of rules whose authors are limited: each limit has
// ids of its own, so that whether an id is taken tells nobody of a rule that
// they may not know of.
var limitedID = regexp.MustCompile(`^own_s[0-9a-f]{8}_`)

// Space returns what the ids of new rules of a limit begin with. It is
// Prefix for whoever is not limited, and the same for limits of the same
// names, whatever their order.
func Space(s scope.Scope) string {
	if s.All() {
		return Prefix
	}
	names := func(list []string) []string { return slices.Compact(slices.Sorted(slices.Values(list))) }
	text, _ := json.Marshal([2][]string{names(s.Clusters), names(s.Namespaces)}) // texts
	sum := sha256.Sum256(text)
	return Prefix + "s" + hex.EncodeToString(sum[:4]) + "_"
}

// InSpace reports whether a new rule of a limit may have an id.
func InSpace(id string, s scope.Scope) bool {
	if s.All() {
		return !limitedID.MatchString(id)
	}
	return limitedID.FindString(id) == Space(s)
}
