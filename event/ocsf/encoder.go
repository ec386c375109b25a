package ocsf

import "github.com/lynceus-io/lynceus/event"

// Encoder writes events as documents. It may be used by several goroutines at
// once.
type Encoder struct {
	plans []*plan // by table
}

// NewEncoder returns an Encoder. The version is that of Lynceus; it stands in
// every document as metadata.product.version.
func NewEncoder(productVersion string) *Encoder {
	enc := &Encoder{}
	for _, c := range append([]event.Class{event.ClassNone}, event.Classes()...) {
		enc.plans = append(enc.plans, newPlan(c, productVersion))
	}
	return enc
}

// Append appends e as one OCSF document, a JSON object without line breaks,
// and returns the extended buffer. It needs no memory but that buffer.
//
// The document is JSON in UTF-8 whatever the fields hold: bytes that are not
// UTF-8 become U+FFFD, control characters are escaped. It is valid by OCSF's
// schema, with one exception: where neither the time of the event nor that of
// its receipt is known, time is 0.
func (enc *Encoder) Append(dst []byte, e *event.Event) []byte {
	p := enc.plans[event.ClassNone]
	if int(e.Class) < len(enc.plans) {
		p = enc.plans[e.Class]
	}
	dst = append(p.appendHead(dst, e), ',')
	dst, _ = p.root.append(dst, e) // the document itself is never left out
	return dst
}
