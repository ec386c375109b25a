package audit

import (
	"net/url"
	"strconv"

	"github.com/lynceus-io/lynceus/event/rawjson"
)

// document appends the audit document that the entry stands for. The members
// that make up the identity come from the entry as it stands, so that equal
// entries give equal events.
func (g *gkeEntry) document(dst []byte) []byte {
	w := writer{out: dst}
	w.open("")
	w.said("kind", "Event")
	w.said("apiVersion", "audit.k8s.io/v1")
	w.said("level", g.level())
	if l, ok := g.leaf(gkeOperationID); ok && l.Kind == rawjson.String {
		w.raw("auditID", l.Raw)
	} else if l, ok := g.leaf(gkeInsertID); ok {
		w.raw("auditID", l.Raw)
	}
	w.said("stage", g.stage())
	if uri := g.uri(); len(uri) > 0 {
		w.text("requestURI", uri)
	}
	w.said("verb", g.target.verb)
	if user := g.user(); user != nil {
		w.open("user")
		w.text("username", user)
		w.close()
	}
	g.origin(&w)
	g.object(&w)
	g.answer(&w)
	if l, ok := g.leaf(gkeRequest); ok {
		w.raw("requestObject", l.Raw)
	}
	if l, ok := g.leaf(gkeResponse); ok {
		w.raw("responseObject", l.Raw)
	}
	if l, ok := g.leaf(gkeTimestamp); ok {
		w.raw("stageTimestamp", l.Raw)
	}
	g.annotations(&w)
	g.rest(&w)
	w.close()
	return w.out
}

// origin writes where the request came from.
func (g *gkeEntry) origin(w *writer) {
	for _, p := range [...]gkePlace{gkeCallerIP, gkeCallerIPOld} {
		if l, ok := g.leaf(p); ok && l.Kind == rawjson.String {
			w.name("sourceIPs")
			w.out = append(append(append(w.out, '['), l.Raw...), ']')
			break
		}
	}
	if l, ok := g.leaf(gkeAgent); ok {
		w.raw("userAgent", l.Raw)
	}
}

// object writes what the request was about.
func (g *gkeEntry) object(w *writer) {
	t := &g.target
	if t.resource == "" {
		return
	}
	w.open("objectRef")
	w.said("resource", t.resource)
	w.said("namespace", t.namespace)
	w.said("name", t.name)
	w.said("apiGroup", t.group)
	w.said("apiVersion", t.version)
	w.said("subresource", t.subresource)
	w.close()
}

// answer writes how it went.
func (g *gkeEntry) answer(w *writer) {
	status := g.status()
	w.open("responseStatus")
	w.number("code", status.http)
	w.said("reason", status.reason)
	for _, p := range [...]gkePlace{gkeResponseMessage, gkeStatusMessage} {
		if l, ok := g.leaf(p); ok && l.Kind == rawjson.String {
			w.raw("message", l.Raw)
			break
		}
	}
	w.close()
}

// annotations writes the entry's labels, which are the annotations of the
// audit document, and the decision where they lack it.
func (g *gkeEntry) annotations(w *writer) {
	labels, ok := g.leaf(gkeLabels)
	decision := g.decision()
	if _, said := g.leaf(gkeDecision); said {
		decision = ""
	}
	if !ok && decision == "" {
		return
	}
	w.open("annotations")
	w.said("authorization.k8s.io/decision", decision)
	if ok && labels.Kind == rawjson.Object {
		eachMember(labels.Raw, w.copy)
	}
	w.close()
}

// rest writes what has no place in an audit document.
func (g *gkeEntry) rest(w *writer) {
	w.open("wrapper")
	eachMember(g.doc, func(name, value []byte) {
		switch string(name) {
		case `"labels"`:
		case `"protoPayload"`:
			w.open("protoPayload")
			eachMember(value, func(name, value []byte) {
				if n := string(name); n != `"request"` && n != `"response"` {
					w.copy(name, value)
				}
			})
			w.close()
		default:
			w.copy(name, value)
		}
	})
	w.close()
}

// uri returns the request URI, with the parameters of an exec or attach,
// which the entry has as an object.
func (g *gkeEntry) uri() []byte {
	uri := g.target.appendURI(nil)
	if g.target.resource != "pods" || g.target.subresource != "exec" && g.target.subresource != "attach" {
		return uri
	}
	params := url.Values{}
	for _, l := range g.v.Leaves(int(gkeCommand)) {
		if l.Kind == rawjson.String {
			params.Add("command", string(l.Text))
		}
	}
	if container, ok := g.text(gkeContainer); ok {
		params.Set("container", string(container))
	}
	if g.isTrue(gkeStdin) {
		params.Set("stdin", "true")
	}
	if g.isTrue(gkeTTY) {
		params.Set("tty", "true")
	}
	if len(params) == 0 {
		return uri
	}
	return append(append(uri, '?'), params.Encode()...)
}

// status returns how it went: what the API server answered where the entry
// has that, else what Google made of it. A code of 0 is left out of entries.
func (g *gkeEntry) status() rpcStatus {
	if code, ok := g.number(gkeResponseCode); ok && code >= 100 && code < 600 {
		reason, _ := g.text(gkeResponseReason)
		return rpcStatus{code, string(reason)}
	}
	if code, ok := g.number(gkeStatusCode); ok {
		return httpStatus(code, g.target.verb)
	}
	if g.decision() == "forbid" {
		return httpStatus(permissionDenied, g.target.verb)
	}
	return httpStatus(0, g.target.verb)
}

// number returns the first value at p where that is a whole number.
func (g *gkeEntry) number(p gkePlace) (int64, bool) {
	l, ok := g.leaf(p)
	if !ok || l.Kind != rawjson.Number {
		return 0, false
	}
	n, err := strconv.ParseInt(string(l.Raw), 10, 64)
	return n, err == nil
}
