package detect

import (
	"testing"

	"github.com/lynceus-io/lynceus/event"
)

// A request that nobody recognised as one that is open already must not hide
// the other: both come out, once each.
func TestOpenRequestsOfOneIdentity(t *testing.T) {
	var o openRequests
	id := event.UID{1}
	a, b := &request{about: &about{uid: id}}, &request{about: &about{uid: id}}
	o.put(a)
	o.put(b)
	if o.get(id) != b {
		t.Error("the older one is found")
	}
	var out []*request
	for r := o.first(); r != nil && len(out) < 3; r = o.first() {
		o.remove(r)
		out = append(out, r)
	}
	if len(out) != 2 || out[0] != a || out[1] != b || o.bytes != 0 || len(o.byUID) != 0 {
		t.Errorf("%d came out, %d bytes and %d identities remain", len(out), o.bytes, len(o.byUID))
	}
}
