package audit

import (
	"bytes"
	"errors"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/jsonl"
	"github.com/lynceus-io/lynceus/event/rawjson"
)

// rowStart is what rows begin with as event/jsonl writes them. No audit event has a member of that name.
var rowStart = []byte(`{"class":"`)

func isRow(doc []byte) bool { return bytes.HasPrefix(doc, rowStart) }

// row reads an event that stands in no audit document.
func (u *unwrapper) row(doc []byte) {
	e := u.to.Next()
	err := u.d.rows.Decode(doc, e)
	var fault *rawjson.SyntaxError
	switch {
	case err == nil && e.Class != event.ClassAudit:
		u.to.Add(event.UIDOf(e))
	case err == nil, errors.Is(err, jsonl.ErrNotEvent):
		u.out.Ignored++
	case errors.As(err, &fault):
		u.broken(err, 0)
	default:
		u.broken(&rawjson.SyntaxError{Line: 1, Msg: err.Error()}, 0)
	}
}
