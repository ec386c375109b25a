package policy

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/lynceus-io/lynceus/event"
)

// Trimmed is what a policy leaves of one audit event.
type Trimmed struct {
	Decision Decision
	// Document is the event as the API server would have written it, without
	// a line's end; nil where nothing is written.
	Document []byte
	// Short says that the policy asks for bodies which the event, recorded at
	// a lower level, does not have.
	Short bool
}

// Apply returns what the policy leaves of an audit event. The event must have
// its document.
func (p *Policy) Apply(e *event.Event) (Trimmed, error) {
	a := AttributesOf(e)
	t := Trimmed{Decision: p.Decide(&a)}
	if !t.Decision.Records(Stage(event.AuditStage.Get(e))) {
		return t, nil
	}
	var doc map[string]json.RawMessage
	if err := json.Unmarshal(e.Raw, &doc); err != nil {
		return t, fmt.Errorf("trim the audit event: %w", err)
	}
	level := t.Decision.Level
	if recorded := Level(event.AuditLevel.Get(e)); recorded.Rank() >= 0 && recorded.Below(level) {
		level, t.Short = recorded, true
	}
	if level.Below(Request) {
		delete(doc, "requestObject")
	}
	if level.Below(RequestResponse) {
		delete(doc, "responseObject")
	}
	if t.Decision.OmitManagedFields {
		for _, body := range [...]string{"requestObject", "responseObject"} {
			if v, ok := doc[body]; ok {
				doc[body] = withoutManagedFields(v)
			}
		}
	}
	if _, ok := doc["level"]; ok {
		doc["level"] = json.RawMessage(`"` + level + `"`)
	}
	var err error
	t.Document, err = encode(doc)
	return t, err
}

// withoutManagedFields returns an object, or a list of objects, without
// metadata.managedFields. What is neither, such as a patch, is returned as it
// is.
func withoutManagedFields(object json.RawMessage) json.RawMessage {
	if !bytes.Contains(object, []byte("managedFields")) {
		return object
	}
	var doc map[string]json.RawMessage
	if json.Unmarshal(object, &doc) != nil || doc["kind"] == nil {
		return object
	}
	var metadata map[string]json.RawMessage
	if json.Unmarshal(doc["metadata"], &metadata) == nil && metadata["managedFields"] != nil {
		delete(metadata, "managedFields")
		doc["metadata"] = orElse(metadata, doc["metadata"])
	}
	var items []json.RawMessage
	if json.Unmarshal(doc["items"], &items) == nil && items != nil {
		for i := range items {
			items[i] = itemWithoutManagedFields(items[i])
		}
		doc["items"] = orElse(items, doc["items"])
	}
	return orElse(doc, object)
}

func itemWithoutManagedFields(item json.RawMessage) json.RawMessage {
	var doc, metadata map[string]json.RawMessage
	if json.Unmarshal(item, &doc) != nil || json.Unmarshal(doc["metadata"], &metadata) != nil || metadata == nil {
		return item
	}
	delete(metadata, "managedFields")
	doc["metadata"] = orElse(metadata, doc["metadata"])
	return orElse(doc, item)
}

// encode writes v without the escapes that HTML would need.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// orElse encodes v, or returns what stood there before.
func orElse(v any, before json.RawMessage) json.RawMessage {
	if b, err := encode(v); err == nil {
		return b
	}
	return before
}
