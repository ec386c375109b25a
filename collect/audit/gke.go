package audit

import (
	"bytes"

	"github.com/lynceus-io/lynceus/event/rawjson"
)

// isGKE reports whether an entry is one of Cloud Logging about a request to
// the API of a cluster, and not to that of Google Cloud.
func (e entry) isGKE() bool {
	if !e.has(wrapProtoPayload) {
		return false
	}
	if service, ok := e.text(wrapServiceName); ok {
		return string(service) == "k8s.io"
	}
	method, ok := e.text(wrapMethodName)
	return ok && bytes.HasPrefix(method, []byte("io.k8s."))
}

// gke turns an entry of Cloud Logging into the audit document it was made
// from, as far as it tells, and reads that. What has no place in an audit
// document is kept in its member "wrapper".
func (u *unwrapper) gke(doc []byte, w wrapping) bool {
	v := &u.d.logEntry
	if u.d.entries.Extract(doc, v) != nil {
		return false
	}
	g := gkeEntry{v: v, doc: doc}
	method, ok := g.text(gkeMethod)
	if !ok {
		return false
	}
	resource, _ := g.text(gkeResource)
	for _, p := range [...]gkePlace{gkeAuthorized, gkeOuterAuthorized} {
		if len(resource) == 0 {
			resource, _ = g.text(p)
		}
	}
	g.target = targetOf(string(method), string(resource))
	w.dialect, w.cluster = gke, g.cluster()
	out := u.a.keep(g.document(u.a.grow(len(doc) + len(doc)/2)))
	u.document(out, w, maxWrappings)
	return true
}

// A gkeEntry is an entry that is being turned into an audit document.
type gkeEntry struct {
	v      *rawjson.Values
	doc    []byte
	target target
}

// leaf returns the first value at p.
func (g *gkeEntry) leaf(p gkePlace) (rawjson.Leaf, bool) {
	leaves := g.v.Leaves(int(p))
	if len(leaves) == 0 {
		return rawjson.Leaf{}, false
	}
	return leaves[0], true
}

// text returns the first string at p; ok is false where there is none.
func (g *gkeEntry) text(p gkePlace) (text []byte, ok bool) {
	l, ok := g.leaf(p)
	if !ok || l.Kind != rawjson.String {
		return nil, false
	}
	return l.Text, true
}

// isTrue reports whether the value at p is true.
func (g *gkeEntry) isTrue(p gkePlace) bool {
	l, ok := g.leaf(p)
	return ok && string(l.Raw) == "true"
}

// cluster returns the identity of the cluster in the form of Google's API;
// "" where it is not said.
func (g *gkeEntry) cluster() string {
	project, _ := g.text(gkeProject)
	location, _ := g.text(gkeLocation)
	name, ok := g.text(gkeCluster)
	if !ok {
		return ""
	}
	return "projects/" + string(project) + "/locations/" + string(location) + "/clusters/" + string(name)
}

// user returns who asked: an account by its address, or as the entry names
// one that has none.
func (g *gkeEntry) user() []byte {
	for _, p := range [...]gkePlace{gkeEmail, gkeSelector, gkeSubject} {
		if text, ok := g.text(p); ok && len(text) > 0 {
			return text
		}
	}
	return nil
}

// stage returns the stage that the entry reports. A long request has an entry
// at its start and one at its end.
func (g *gkeEntry) stage() string {
	if g.isTrue(gkeOperationFirst) && !g.isTrue(gkeOperationLast) {
		return "ResponseStarted"
	}
	return "ResponseComplete"
}

// level returns how much the entry records, in the words of audit policies.
func (g *gkeEntry) level() string {
	if len(g.v.Leaves(int(gkeResponse))) > 0 {
		return "RequestResponse"
	}
	if len(g.v.Leaves(int(gkeRequest))) > 0 {
		return "Request"
	}
	return "Metadata"
}

// decision returns what authorization decided, "" where nothing is said.
// A permission that is not granted has no member granted, or a false one,
// which goes before the label.
func (g *gkeEntry) decision() string {
	for _, p := range [...]gkePlace{gkeGranted, gkeOuterGranted} {
		for _, l := range g.v.Leaves(int(p)) {
			if string(l.Raw) == "false" {
				return "forbid"
			}
		}
	}
	if text, ok := g.text(gkeDecision); ok {
		return string(text)
	}
	asked := max(len(g.v.Leaves(int(gkePermission))), len(g.v.Leaves(int(gkeOuterAuthorized))))
	granted := 0
	for _, p := range [...]gkePlace{gkeGranted, gkeOuterGranted} {
		for _, l := range g.v.Leaves(int(p)) {
			asked = max(asked, 1)
			if string(l.Raw) == "true" {
				granted++
			}
		}
	}
	switch {
	case asked == 0:
		return ""
	case granted >= asked:
		return "allow"
	}
	return "forbid"
}
