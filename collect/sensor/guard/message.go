package guard

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// Rules are what a guard judges by.
type Rules struct {
	// Bound is how long an answer may take, from when the guard is asked.
	Bound time.Duration `json:"bound"`
	// DenyLate says that what is not known within the bound is denied; else it is allowed.
	DenyLate bool `json:"denyLate,omitempty"`
	// Policies are rules by their place among the bits of a mask.
	Policies map[int]Rule `json:"policies,omitempty"`
}

// Rule is a policy that denies executions.
type Rule struct {
	// Enforce says that it denies; else it tells what it would have denied.
	Enforce bool `json:"enforce,omitempty"`
	// Paths are of programs in the container's own root; SHA256 are hashes of programs, in hexadecimal.
	Paths  []string `json:"paths,omitempty"`
	SHA256 []string `json:"sha256,omitempty"`
}

// Decision is something that policies matched, or a question that was not answered in time.
type Decision struct {
	Container string `json:"container"`
	// PID is the process that wanted to execute the file, Start when it was started, in ticks since the boot, as
	// procfs has it.
	PID   int    `json:"pid"`
	Start uint64 `json:"start"`
	// Policies has a bit for each policy that matched.
	Policies uint64 `json:"policies,omitempty"`
	// Denied says that the file was not executed. Late says that nothing was known within the bound; what the policies
	// say of it was found out afterwards, and Killed says that the process was killed then.
	Denied bool `json:"denied,omitempty"`
	Late   bool `json:"late,omitempty"`
	Killed bool `json:"killed,omitempty"`
	// Path is what the kernel calls the file, for people only. SHA256 is empty where it was not needed.
	Path   string `json:"path,omitempty"`
	SHA256 string `json:"sha256,omitempty"`
	// Took is how long the answer took.
	Took time.Duration `json:"took,omitempty"`
}

// Counts are what a guard has done.
type Counts struct {
	// Asked counts questions of the kernel; Late those that were answered by the default at the bound; Hashed files
	// that were read; Untold decisions that the sensor did not take in time.
	Asked, Late, Hashed, Untold uint64
	// Watched is how many containers are watched, Unwatched how many ought to be and are not yet.
	Watched, Unwatched int
	// Problem is why the last try to watch a container failed, empty when it did not.
	Problem string
}

// watch says by which policies a container is judged: 0 for none any more.
type watch struct {
	Container string `json:"container"`
	Policies  uint64 `json:"policies"`
}

// message is what goes either way. One of its members is set.
type message struct {
	Rules    *Rules    `json:"rules,omitempty"`
	Watch    *watch    `json:"watch,omitempty"`
	Ping     uint64    `json:"ping,omitempty"`
	Decision *Decision `json:"decision,omitempty"`
	Pong     uint64    `json:"pong,omitempty"`
	Counts   *Counts   `json:"counts,omitempty"`
	Error    string    `json:"error,omitempty"` // why the guard ends
}

// maxMessage is how many bytes a message may have: policies are read from files of a quarter of that.
const maxMessage = 4 << 20

// send writes a message, after its length.
func send(w io.Writer, m *message) error {
	text, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("encode a message: %w", err)
	}
	b := binary.LittleEndian.AppendUint32(make([]byte, 0, 4+len(text)), uint32(len(text)))
	if _, err := w.Write(append(b, text...)); err != nil {
		return fmt.Errorf("send a message: %w", err)
	}
	return nil
}

// receive reads a message. At the end of the connection the error is io.EOF.
func receive(r io.Reader) (*message, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	n := binary.LittleEndian.Uint32(head[:])
	if n > maxMessage {
		return nil, fmt.Errorf("a message of %d bytes; %d is the most", n, maxMessage)
	}
	text := make([]byte, n)
	if _, err := io.ReadFull(r, text); err != nil {
		return nil, fmt.Errorf("the rest of a message: %w", err)
	}
	m := &message{}
	if err := json.Unmarshal(text, m); err != nil {
		return nil, fmt.Errorf("decode a message: %w", err)
	}
	return m, nil
}
