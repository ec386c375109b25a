package audit

// A Reject is a document that became no event, for the quarantine. It is
// valid as long as its batch.
type Reject struct {
	// Line counts from 1 and Offset in bytes, in the source's text.
	Line, Offset int64
	// Reason says what is wrong, and what to do.
	Reason string
	// Size is the document's in bytes, as far as it was read.
	Size int
	// Text is how the document begins, as much as may be kept of a text in
	// which nobody can tell what is secret; see redact.Redactor.Fragment.
	Text []byte
}

const (
	// maxRejects bounds the rejects of a batch. More are only counted: what is
	// broken in one place is mostly broken in the same way in the others.
	maxRejects = 32
	// rejectText is how much of a rejected document is kept, in bytes.
	rejectText = 2 << 10
)

// reject keeps a document that became no event, if there are not too many.
func (l *Live) reject(doc []byte, line, offset int64, msg string) {
	b := &l.batch
	if len(b.rejects) >= maxRejects {
		return
	}
	reason := "this is JSON, but no audit event; send only audit events here"
	if msg != ErrNotAudit.Error() {
		reason = advice(msg)
	}
	start := len(b.rejected)
	b.rejected = l.redactor.Fragment(b.rejected, doc, rejectText)
	b.rejects = append(b.rejects, Reject{
		Line: line, Offset: offset, Reason: reason, Size: len(doc), Text: b.rejected[start:len(b.rejected):len(b.rejected)],
	})
}
