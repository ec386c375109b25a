package spool

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"path/filepath"
)

// marks is the file that says up to where each lane was sent: for each lane a generation (8), a number (8), and their
// CRC-32C (4), in places of markBytes. What is damaged counts as nothing sent.
type marks struct{ f *os.File }

const (
	marksName = "sent"
	markBytes = 20
)

// read returns what the file says.
func (m *marks) read(dir string) (out [lanes]mark, err error) {
	b, err := os.ReadFile(filepath.Join(dir, marksName))
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
		return out, err
	}
	for i := range out {
		if len(b) >= markBytes && crc32.Checksum(b[:16], castagnoli) == binary.LittleEndian.Uint32(b[16:]) {
			out[i] = mark{binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])}
		}
		b = b[min(markBytes, len(b)):]
	}
	return out, nil
}

// write takes in a lane's mark. The file is made where there is none.
func (m *marks) write(dir string, l Lane, to mark) error {
	if m.f == nil {
		f, err := os.OpenFile(filepath.Join(dir, marksName), os.O_WRONLY|os.O_CREATE, fileMode)
		if err != nil {
			return fmt.Errorf("spool: note what was sent: %w", err)
		}
		m.f = f
	}
	b := binary.LittleEndian.AppendUint64(make([]byte, 0, markBytes), to.generation)
	b = binary.LittleEndian.AppendUint64(b, to.sequence)
	b = binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
	if _, err := m.f.WriteAt(b, int64(l)*markBytes); err != nil {
		return fmt.Errorf("spool: note what was sent: %w", err)
	}
	return nil
}

func (m *marks) close() {
	if m.f != nil {
		_ = m.f.Close() // a lost mark has a batch sent twice, which the hub sees
		m.f = nil
	}
}
