package falco

import (
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// engine is the version of Falco's engine whose rule language is understood:
// that of the stock rules of June 2026. A whole number n means 0.n.0.
var engine = version{0, 61, 0}

type version [3]int

func (v version) String() string { return fmt.Sprintf("%d.%d.%d", v[0], v[1], v[2]) }

// parseVersion reads major.minor.patch; what follows the patch after - or +
// is left out.
func parseVersion(text string) (v version, ok bool) {
	text, _, _ = strings.Cut(text, "-")
	text, _, _ = strings.Cut(text, "+")
	parts := strings.Split(text, ".")
	if len(parts) != len(v) {
		return v, false
	}
	for i, p := range parts {
		n, err := strconv.ParseUint(p, 10, 31)
		if err != nil {
			return v, false
		}
		v[i] = int(n)
	}
	return v, true
}

// engineVersion reads the version of the engine that rules need. Within one
// major version a later engine understands what an earlier one does.
func (l *loader) engineVersion(f *form) {
	f.kind = "required_engine_version"
	v := f.scalar("required_engine_version")
	if v == nil {
		return
	}
	want, ok := parseVersion(v.Value)
	if n, err := strconv.ParseUint(v.Value, 10, 31); err == nil {
		want, ok = version{0, int(n), 0}, true
	}
	switch {
	case !ok:
		f.failAt(v, codeForm, "version", "write 0.57.0, or 57", "%q is no version", v.Value)
	case want[0] != engine[0], want[1] > engine[1]:
		f.failAt(v, codeItem, "version", "what is new in it is not understood: take an earlier edition of the rules", "the rules are for version %s of Falco's engine; %s is understood", want, engine)
	}
}

// pluginVersions reads the versions of Falco's plugins that rules need.
// Lynceus has none of them: their fields are its own. So only the form counts.
func (l *loader) pluginVersions(f *form) {
	f.kind = "required_plugin_versions"
	v := member(f.node, "required_plugin_versions")
	if v.Kind != yaml.SequenceNode {
		f.failAt(v, codeForm, "plugins", "", "it must be a list, not %s", describe(v))
		return
	}
	for _, n := range v.Content {
		seen := map[string]bool{}
		p := &form{loader: l, node: resolved(n), kind: "required plugin versions entry"}
		p.plugin(seen)
		more := member(p.node, "alternatives")
		if more == nil {
			continue
		}
		if more.Kind != yaml.SequenceNode {
			p.failAt(more, codeForm, "alternatives", "", "it must be a list, not %s", describe(more))
			continue
		}
		for _, n := range more.Content {
			a := &form{loader: l, node: resolved(n), kind: "required plugin versions alternative"}
			a.plugin(seen)
		}
	}
}

// plugin reads a name and a version.
func (f *form) plugin(seen map[string]bool) {
	if f.node.Kind != yaml.MappingNode {
		f.failAt(f.node, codeForm, "plugin", "write name and version", "it must be a map, not %s", describe(f.node))
		return
	}
	f.name = f.text("name")
	text := f.text("version")
	if f.bad {
		return
	}
	if _, ok := parseVersion(text); !ok {
		f.failAt(f.node, codeItem, "version", "write it like 0.18.0", "%q is no version", text)
	}
	if seen[f.name] {
		f.failAt(f.node, codeItem, "alternatives", "leave one out", "the plugin is named twice")
	}
	seen[f.name] = true
}
