package event

import "strings"

// Ref is what a name in a rule or query means: a field of the registry, or a
// path inside the raw document. Refs are comparable.
type Ref struct {
	// Field is the registry number, 0 for a path.
	Field FieldID
	// Path is the dotted path from the root of the raw document; "" for a
	// field. Of a Strings field it picks one word: the one at that index from
	// 0, or what follows name= in the first word that begins so.
	Path string
}

// Name returns the field's registry name, or "raw." and the path.
func (r Ref) Name() string {
	f := Lookup(r.Field)
	switch {
	case f == nil:
		return "raw." + r.Path
	case r.Path != "":
		return f.Name + "[" + r.Path + "]"
	}
	return f.Name
}

// Resolve finds what name means for rows of table c: a registry name; a path
// below a JSON field of the registry (audit.request_object.spec.replicas); one
// word of a Strings field (process.ancestry.name[0], syscall.arguments[flags]);
// or raw. and a path from the root of the document. ok is false when the name
// means nothing there.
func Resolve(c Class, name string) (Ref, bool) {
	if f := ByName(name); f != nil {
		return Ref{Field: f.ID}, f.In(c)
	}
	if p, ok := strings.CutPrefix(name, "raw."); ok && p != "" {
		return Ref{Path: p}, true
	}
	for i := 0; i < len(name); i++ {
		if name[i] != '.' && name[i] != '[' {
			continue
		}
		f := ByName(name[:i])
		if f == nil || !f.In(c) {
			continue
		}
		if word, ok := strings.CutSuffix(name[i+1:], "]"); ok && word != "" && name[i] == '[' && f.Type == TypeStrings && f.Origin != Derived {
			return Ref{Field: f.ID, Path: word}, true
		}
		if root, ok := documentRoots[f.Name]; ok {
			return Ref{Path: root + name[i:]}, true
		}
	}
	return Ref{}, false
}

// ResolveSigma finds what a Sigma rule of log source (a category or service)
// means by name, for rows of table c: first the documented names, then, for
// the audit log, any path that starts at a member of an audit event, then
// what Resolve knows.
func ResolveSigma(c Class, source, name string) (Ref, bool) {
	if f := BySigma(source, name); f != nil {
		return Ref{Field: f.ID}, true
	}
	if c == ClassAudit {
		head, _, _ := strings.Cut(name, ".")
		if i := strings.IndexByte(head, '['); i >= 0 {
			head = head[:i]
		}
		if auditMembers[head] {
			return Ref{Path: name}, true
		}
	}
	return Resolve(c, name)
}

// documentRoots says where in the raw document the JSON fields stand.
var documentRoots = map[string]string{
	"audit.request_object":  "requestObject",
	"audit.response_object": "responseObject",
	"audit.user.extra":      "user.extra",
	"audit.annotations":     "annotations",
	"audit.labels":          "requestObject.metadata.labels",
	"audit.config.keys":     "requestObject.data",
}

// auditMembers are the members of an audit.k8s.io/v1 Event, and of the
// wrapper that the clouds put around it as Lynceus keeps it.
var auditMembers = map[string]bool{
	"kind": true, "apiVersion": true, "level": true, "auditID": true, "stage": true, "requestURI": true, "verb": true, "user": true,
	"impersonatedUser": true, "sourceIPs": true, "userAgent": true, "objectRef": true, "responseStatus": true, "requestObject": true,
	"responseObject": true, "requestReceivedTimestamp": true, "stageTimestamp": true, "annotations": true, "authenticationMetadata": true, "wrapper": true,
}
