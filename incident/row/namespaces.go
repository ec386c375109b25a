package row

import (
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/detect"
)

// noNamespace stands for findings that are of no namespace. No namespace can
// be called so: names begin with a letter or digit.
const noNamespace = "-"

// namespaces lists those of all findings, in order, a space between them. What
// can be no namespace, whatever a request called it, counts as none: who may
// see some namespaces sees an incident only where all of it is in those.
func namespaces(list []*detect.Finding) string {
	var out []string
	for _, f := range list {
		name := f.Target.Namespace
		if name == "" || strings.ContainsFunc(name, func(c rune) bool { return c != '-' && (c < 'a' || c > 'z') && (c < '0' || c > '9') }) {
			name = noNamespace
		}
		out = append(out, name)
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), " ")
}
