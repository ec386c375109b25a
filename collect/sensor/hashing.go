//go:build linux

package sensor

import (
	"github.com/lynceus-io/lynceus/collect/sensor/digest"
	"github.com/lynceus-io/lynceus/collect/sensor/process"
	"github.com/lynceus-io/lynceus/collect/sensor/record"
	"github.com/lynceus-io/lynceus/event"
)

const (
	// maxVersions is how many versions of files are remembered, at some 300 bytes.
	maxVersions = 8192
	// maxTries is how often it is tried to read one: of a program that ends at once there may be nothing left to read.
	maxTries = 8
	// maxUnhashed bounds the rows that went out without a hash and are kept to be amended, in bytes, and maxEach those of
	// one version.
	maxUnhashed, maxEach = 4 << 20, 16
	// maxUnder is how many rows on their way are remembered, at some 150 bytes. One takes a second at most, or half a minute
	// when it has to wait for names.
	maxUnder = 16384
	// maxBeside is how many processes are tried in whose root a program may still stand.
	maxBeside = 4
)

// version is what is known of one version of a file.
type version struct {
	result digest.Result
	asking bool
	soon   bool // asked for before others
	tries  int
	rows   []*event.Event // that went out without
}

// hashing puts hashes of programs on rows. A row does not wait for that: it goes out, and is amended when the hash is
// known. It is for one goroutine; nil hashes nothing.
type hashing struct {
	hasher    *digest.Hasher
	container func(*process.Process) string
	emit      func(*event.Event) error
	known     map[digest.File]*version
	order     []digest.File // a ring of those known
	next      int
	// under has the versions of rows that are on their way, by the rows' identities.
	under   map[string]digest.File
	uids    []string // a ring of those in under, and of some that have left it
	nextUID int
	bytes   int
}

func newHashing(h *digest.Hasher, container func(*process.Process) string, emit func(*event.Event) error) *hashing {
	return &hashing{hasher: h, container: container, emit: emit, known: map[digest.File]*version{}, under: map[string]digest.File{}}
}

func fileOf(p *process.Process) digest.File {
	f := &p.File
	return digest.File{Device: f.Device, Inode: f.Inode, Change: f.Changed, Size: f.Size}
}

// look puts the hash of a process's program on a row. When it is not known and the row is to be amended, it sees to it
// that somebody finds out: soon, unless the process was found running or is one of the node, whose programs are few, long
// and stay.
func (h *hashing) look(e *event.Event, p *process.Process, amend, later bool) {
	if h == nil || p.Kernel || p.File.Inode == 0 {
		return
	}
	file := fileOf(p)
	v := h.known[file]
	if v != nil && v.result.SHA256 != "" {
		event.ProcessFileHashSHA256.Set(e, v.result.SHA256)
		return
	}
	if !amend {
		return
	}
	if v == nil {
		v = h.remember(file)
	}
	later = later || h.container(p) == ""
	if (!v.asking || !v.soon && !later) && v.tries < maxTries {
		v.tries++
		if h.hasher.Want(h.job(file, p, later)) {
			v.asking, v.soon = true, !later
		}
	}
	if v.asking {
		h.note(event.MetadataUID.Get(e), file)
	}
}

// note remembers of which version a row is that is on its way.
func (h *hashing) note(uid string, file digest.File) {
	h.under[uid] = file
	if len(h.uids) < maxUnder {
		h.uids = append(h.uids, uid)
		return
	}
	delete(h.under, h.uids[h.nextUID])
	h.uids[h.nextUID] = uid
	h.nextUID = (h.nextUID + 1) % maxUnder
}

// remember adds a version, in the place of the one that has been there for longest.
func (h *hashing) remember(file digest.File) *version {
	v := &version{}
	h.known[file] = v
	if len(h.order) < maxVersions {
		h.order = append(h.order, file)
		return v
	}
	old := h.order[h.next]
	h.order[h.next] = file
	h.next = (h.next + 1) % maxVersions
	h.drop(h.known[old])
	delete(h.known, old)
	return v
}

// drop lets go of the rows that wait for a version.
func (h *hashing) drop(v *version) {
	for _, e := range v.rows {
		h.bytes -= weigh(e)
	}
	v.rows = nil
}

// job says where the program of a process can be read.
func (h *hashing) job(file digest.File, p *process.Process, later bool) digest.Job {
	j := digest.Job{File: file, PIDs: []uint32{p.TGID}, Path: p.Exe, Later: later}
	own := h.container(p)
	for a, n := p.Parent, 0; a != nil && n < maxLineage; a, n = a.Parent, n+1 {
		switch {
		case a.Ended != 0:
		case h.container(a) != own:
			if j.Outside == 0 && copiedUp(p) {
				j.Outside = a.TGID
			}
		case len(j.Beside) < maxBeside:
			j.Beside = append(j.Beside, a.TGID)
		}
	}
	return j
}

// copiedUp reports whether a program may be one of the image of which an overlay made a copy.
func copiedUp(p *process.Process) bool {
	return p.File.Where&record.UpperLayer != 0 && p.File.Where&record.LowerLayer != 0
}

// original returns what the image has in the place of a process's program, as far as that was found out.
func (h *hashing) original(p *process.Process) digest.Original {
	if h == nil {
		return digest.NotCompared
	}
	if v := h.known[fileOf(p)]; v != nil {
		return v.result.Original
	}
	return digest.NotCompared
}

// send hands a row over. One whose hash is asked for is kept to be amended.
func (h *hashing) send(e *event.Event) error {
	uid := event.MetadataUID.Get(e)
	if v := h.known[h.under[uid]]; v != nil {
		switch {
		case v.result.SHA256 != "":
			v.describe(e)
		case v.asking && len(v.rows) < maxEach && h.bytes+weigh(e) <= maxUnhashed:
			v.rows = append(v.rows, e.Clone())
			h.bytes += weigh(e)
			event.MetadataAwaits.Set(e, true)
		}
		delete(h.under, uid)
	}
	return h.emit(e)
}

// sendFirst hands over a row that is to be sent again: it has its hash then, or is amended after that.
func (h *hashing) sendFirst(e *event.Event) error {
	if v := h.known[h.under[event.MetadataUID.Get(e)]]; v != nil && v.result.SHA256 != "" {
		v.describe(e)
	}
	return h.emit(e)
}

// describe puts what is known of a version on a row.
func (v *version) describe(e *event.Event) {
	event.ProcessFileHashSHA256.Set(e, v.result.SHA256)
	switch v.result.Original {
	case digest.Same:
		ofRow.from(e, originImage)
	case digest.Missing, digest.Different:
		ofRow.from(e, originDropped)
	}
}

// results takes in what was read, and amends the rows that went out without.
func (h *hashing) results() error {
	if h == nil {
		return nil
	}
	for {
		select {
		case r := <-h.hasher.Results():
			if err := h.learn(r); err != nil {
				return err
			}
		default:
			return nil
		}
	}
}

func (h *hashing) learn(r digest.Result) error {
	v := h.known[r.File]
	if v == nil { // forgotten meanwhile
		return nil
	}
	if v.result.SHA256 != "" && r.SHA256 == "" { // it was asked for twice
		return nil
	}
	v.result, v.asking = r, false
	rows := v.rows
	h.drop(v)
	if r.SHA256 == "" {
		return nil
	}
	for _, e := range rows {
		n, _ := event.MetadataRevision.Get(e)
		event.MetadataRevision.Set(e, n+1)
		v.describe(e)
		if err := h.emit(e); err != nil {
			return err
		}
	}
	return nil
}
