package audit

import (
	"encoding/hex"
	"strconv"

	"github.com/lynceus-io/lynceus/event"
)

// identity returns the identity of the request that e is about. All stages of
// a request have the same one, on whatever way they came: it is made from the
// time as a number and from the user who signed in, since an impersonated one
// is not known in the first stage. Without an audit ID and a time of receipt
// the document itself is part of it.
func (d *Decoder) identity(e *event.Event, a *Arena, doc []byte) event.UID {
	cluster, id := event.K8sCluster.Get(e), event.APIRequestUID.Get(e)
	received := ""
	if event.AuditRequestTime.Has(e) {
		received = alias(a.keep(strconv.AppendInt(a.grow(20), event.AuditRequestTime.Get(e), 10)))
	}
	user, verb, uri := event.AuditUserName.Get(e), event.APIOperation.Get(e), event.HTTPRequestURLPath.Get(e)
	if id == "" && received == "" {
		return d.uid.Sum("audit", cluster, d.opts.Server, id, received, user, verb, uri, alias(doc))
	}
	return d.uid.Sum("audit", cluster, d.opts.Server, id, received, user, verb, uri)
}

// uidText makes the text of an identity.
func uidText(a *Arena, uid event.UID) []byte {
	text := a.grow(2 * len(uid))[:2*len(uid)]
	hex.Encode(text, uid[:])
	return a.keep(text)
}
