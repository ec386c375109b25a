package audit

import (
	"bytes"
	"encoding/hex"
	"strconv"
	"unicode/utf8"

	"github.com/lynceus-io/lynceus/collect/foreign"
	"github.com/lynceus-io/lynceus/collect/redact"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/rawjson"
)

// foreign reads a document of another tool. It returns false where it is of
// none that is known.
func (u *unwrapper) foreign(doc []byte, w wrapping) bool {
	format := u.d.opts.Formats.Find(doc, &u.d.marks)
	if format == nil {
		return false
	}
	rows := foreignRows{u: u, wrapping: w, format: format}
	var err error
	if rows.doc, rows.redacted, err = u.d.cleanForeign(doc, u.a); err == nil {
		err = format.Read(rows.doc, &rows)
	}
	if err != nil {
		u.broken(&rawjson.SyntaxError{Line: 1, Msg: err.Error()}, 0)
	}
	return true
}

// cleanForeign returns the document of another tool that may be kept: in UTF-8,
// and without its secrets. Texts in it may be command lines.
func (d *Decoder) cleanForeign(doc []byte, a *Arena) (kept []byte, redacted bool, err error) {
	kept = doc
	if !utf8.Valid(doc) {
		d.counts.BadText++
		kept = a.copy(bytes.ToValidUTF8(doc, []byte("\uFFFD")))
	}
	out, n, err := d.redactor.Document(a.grow(len(kept)+len(kept)/8), kept, redact.Context{Commands: true})
	if err != nil || n == 0 {
		return kept, false, err
	}
	d.counts.Redacted += int64(n)
	return a.keep(out), true, nil
}

// foreignRows takes the rows of one document of another tool.
type foreignRows struct {
	u *unwrapper
	wrapping
	format   *foreign.Format
	doc      []byte
	redacted bool
	count    int

	original []byte // of the row that was begun
	whole    event.UID
	hashed   bool // whether whole is that of doc
}

// Begin begins a row.
func (r *foreignRows) Begin(table event.Class, original []byte) *event.Event {
	e := r.u.to.Next()
	e.Reset(table)
	r.original = original
	if original == nil {
		r.original = r.doc
	}
	return e
}

// End gives the row its identity, of which a document that comes again makes
// the same one: the tool, the cluster, the text, or what the format knows it by,
// and the number of the row in it, without what depends on the key that secrets
// were replaced under.
func (r *foreignRows) End() event.UID {
	e, d := r.u.to.Next(), r.u.d
	e.Raw = r.original
	event.RawData.Set(e, alias(r.original))
	event.MetadataLogProvider.Set(e, r.format.Name)
	switch {
	case d.opts.Cluster != "":
		event.K8sCluster.Set(e, d.opts.Cluster)
	case r.cluster != "":
		event.K8sCluster.Set(e, r.cluster)
	}
	if !event.Time.Has(e) && r.at != 0 {
		event.Time.Set(e, r.at)
	}
	text, number := r.original, 0
	if &text[0] == &r.doc[0] {
		number = r.count
	}
	if !r.hashed || &text[0] != &r.doc[0] {
		r.whole = d.uid.Sum("document", r.stable(r.known(text)))
		r.hashed = &text[0] == &r.doc[0]
	}
	r.count++
	uid := d.uid.Sum("foreign", r.format.Name, event.K8sCluster.Get(e), hex.EncodeToString(r.whole[:]), strconv.Itoa(number))
	event.MetadataUID.Set(e, alias(uidText(r.u.a, uid)))
	r.u.to.Add(uid)
	return uid
}

// known returns what a text is known by.
func (r *foreignRows) known(text []byte) []byte {
	if r.format.Identity != nil {
		if id := r.format.Identity(text); id != nil {
			return id
		}
	}
	return text
}

// stable returns text without what depends on the key.
func (r *foreignRows) stable(text []byte) string {
	if !r.redacted {
		return alias(text)
	}
	return string(redact.AppendStable(nil, alias(text)))
}
