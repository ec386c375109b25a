package audit

import (
	"encoding/hex"
	"strconv"

	"github.com/lynceus-io/lynceus/collect/redact"
	"github.com/lynceus-io/lynceus/event"
)

// identity returns the identity of the request that the event is about. All
// stages of a request have the same one, on whatever way they came: it is made
// from the time as a number and from the user who signed in, since an
// impersonated one is not known in the first stage. Without an audit ID and a
// time of receipt the document itself is part of it. Secrets are not, nor what
// depends on the key they were replaced under.
func (f *filler) identity() event.UID {
	e := f.e
	id := event.APIRequestUID.Get(e)
	received := ""
	if event.AuditRequestTime.Has(e) {
		received = alias(f.a.keep(strconv.AppendInt(f.a.grow(20), event.AuditRequestTime.Get(e), 10)))
	}
	uri, doc := event.HTTPRequestURLPath.Get(e), ""
	if id == "" && received == "" {
		doc = alias(f.doc)
	}
	if f.redacted {
		uri, doc = f.stable(uri), f.stable(doc)
	}
	return f.d.uid.Sum("audit", event.K8sCluster.Get(e), f.d.opts.Server, id, received,
		event.AuditUserName.Get(e), event.APIOperation.Get(e), uri, doc)
}

// stable returns text without what depends on the key.
func (f *filler) stable(text string) string {
	return alias(f.a.keep(redact.AppendStable(f.a.grow(len(text)), text)))
}

// uidText makes the text of an identity.
func uidText(a *Arena, uid event.UID) []byte {
	text := a.grow(2 * len(uid))[:2*len(uid)]
	hex.Encode(text, uid[:])
	return a.keep(text)
}
