//go:build linux

package marks

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// ErrMalformed is wrapped by errors about what the kernel gave.
var ErrMalformed = errors.New("malformed event of fanotify")

// Sizes of struct fanotify_event_metadata and struct fanotify_event_info_fid without what follows.
const (
	metadataSize = 24
	infoSize     = 12
	handleSize   = 8
)

// place is a name in a directory of a file system.
type place struct {
	system [8]byte // its fsid
	kind   int32   // of the handle
	handle []byte
	name   []byte // "." is the directory itself
}

// raw is an event as the kernel gives it. Its slices alias what was decoded.
type raw struct {
	mask uint64
	pid  int32
	// at is where it happened, from where a file was before it was renamed.
	at, from place
}

// decode reads the event at the beginning of b, and returns what follows it.
func decode(b []byte) (e raw, rest []byte, err error) {
	if len(b) < metadataSize {
		return e, nil, fmt.Errorf("%w: %d bytes", ErrMalformed, len(b))
	}
	le := binary.LittleEndian
	size, head := le.Uint32(b), uint32(le.Uint16(b[6:]))
	if b[4] != unix.FANOTIFY_METADATA_VERSION || size < head || head < metadataSize || uint64(size) > uint64(len(b)) {
		return e, nil, fmt.Errorf("%w: version %d, %d bytes of %d", ErrMalformed, b[4], size, len(b))
	}
	e.mask, e.pid = le.Uint64(b[8:]), int32(le.Uint32(b[20:]))
	for info := b[head:size]; len(info) > 0; {
		if len(info) < 4 {
			return e, nil, fmt.Errorf("%w: part of %d bytes", ErrMalformed, len(info))
		}
		n := int(le.Uint16(info[2:]))
		if n < 4 || n > len(info) {
			return e, nil, fmt.Errorf("%w: part of %d bytes, %d are left", ErrMalformed, n, len(info))
		}
		if err := e.part(info[:n]); err != nil {
			return e, nil, err
		}
		info = info[n:]
	}
	return e, b[size:], nil
}

// part reads one piece of information. Those of other kinds are left alone.
func (e *raw) part(b []byte) error {
	to := &e.at
	switch b[0] {
	case unix.FAN_EVENT_INFO_TYPE_OLD_DFID_NAME:
		to = &e.from
	case unix.FAN_EVENT_INFO_TYPE_DFID_NAME, unix.FAN_EVENT_INFO_TYPE_NEW_DFID_NAME:
	default:
		return nil
	}
	if len(b) < infoSize+handleSize {
		return fmt.Errorf("%w: place of %d bytes", ErrMalformed, len(b))
	}
	to.system = [8]byte(b[4:12])
	n := uint64(binary.LittleEndian.Uint32(b[12:]))
	to.kind = int32(binary.LittleEndian.Uint32(b[16:]))
	tail := b[infoSize+handleSize:]
	if n > uint64(len(tail)) {
		return fmt.Errorf("%w: handle of %d bytes, %d are left", ErrMalformed, n, len(tail))
	}
	to.handle = tail[:n]
	to.name, _, _ = bytes.Cut(tail[n:], []byte{0})
	return nil
}
