package inventory

import "github.com/lynceus-io/lynceus/event/rawjson"

// mirrorReader tells mirror pods: the API's image of a pod that a node runs
// by itself. Source of the annotation:
// https://kubernetes.io/docs/reference/labels-annotations-taints/.
type mirrorReader struct {
	annotation *rawjson.Extractor
	values     rawjson.Values
}

func newMirrorReader() mirrorReader {
	p, err := rawjson.ParsePath(`metadata.annotations."kubernetes.io/config.mirror"`)
	if err != nil {
		return mirrorReader{}
	}
	x, err := rawjson.Compile([]rawjson.Path{p}, rawjson.Options{})
	if err != nil {
		return mirrorReader{}
	}
	return mirrorReader{annotation: x}
}

// is reports whether an object is a mirror pod by its annotation. Those of
// Kubernetes 1.17 and later have their node as owner beside, and need not be
// looked at.
func (m *mirrorReader) is(o *Object) bool {
	if m.annotation == nil || o.Owner.Kind != "" || len(o.Document) == 0 {
		return false
	}
	return m.annotation.Extract(o.Document, &m.values) == nil && len(m.values.Leaves(0)) > 0
}
