package plan

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// maxEncoded bounds a plan as text, in bytes: some hundred thousand paths.
const maxEncoded = 16 << 20

// Encode returns the plan as text, for Decode.
func (p *Plan) Encode() ([]byte, error) {
	b, err := json.Marshal(p)
	if err == nil && len(b) > maxEncoded {
		err = fmt.Errorf("it has %d bytes, more than %d", len(b), maxEncoded)
	}
	if err != nil {
		return nil, fmt.Errorf("write a plan: %w", err)
	}
	return b, nil
}

// Decode reads what Encode wrote. What it does not know is an error: a plan that is carried out in part observes less
// than somebody relies on.
func Decode(b []byte) (p Plan, err error) {
	if len(b) > maxEncoded {
		return p, fmt.Errorf("read a plan: it has %d bytes, more than %d", len(b), maxEncoded)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		return Plan{}, fmt.Errorf("read a plan: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return Plan{}, errors.New("read a plan: there is something after it")
	}
	return p, nil
}
