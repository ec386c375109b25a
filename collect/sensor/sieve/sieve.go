// Package sieve makes of a set of paths what the sensor's programs in the kernel look files up in, before anything else
// is done for them. A sieve lets through every path of the set and few others; who takes what comes through looks at the
// whole path (plan.Paths.Match).
package sieve

import (
	"strings"

	"github.com/lynceus-io/lynceus/collect/sensor/plan"
)

// Sizes, as in bpf/src/sieve.h.
const (
	buckets  = 1024
	slots    = 4
	keyBytes = 8
	// longNames is the bit that stands for names of so many bytes and more.
	longNames = 63
	// deep is the bit that stands for so many directories and more.
	deep = 15
	// maxLength is the longest name.
	maxLength = 255
	// TextBytes is how many bytes of a name are looked at for a pair; a longer one goes through.
	textBytes = 32
	// maxDepth is how many steps are taken towards the root; a longer path goes through.
	maxDepth = 32
)

// The kinds of keys, as enum sieve_key.
const (
	keyName = iota + 1
	keyDirectory
	keyStart
	keyEnd
)

const (
	anyTag   = 0xffff
	anyDepth = 0xffff
)

// Verdicts that need no look at a path.
const (
	look uint32 = iota
	everything
	nothing
)

// Sieve is struct sieve, in the layout that the kernel's programs read.
type Sieve struct {
	Verdict                                         uint32
	_                                               uint32
	Names, Directories                              uint64 // lengths that there are
	NameHeads, DirectoryHeads, StartHeads, EndTails uint64 // the bits of bytes that there are
	Starts, Ends                                    uint32 // lengths that there are
	Shortest, Pairs                                 uint32
	First, Second                                   [4]uint64 // each byte eight times
	Slots                                           [buckets][slots]uint32
}

// New makes a sieve for a set of paths.
func New(p *plan.Paths) *Sieve {
	s := &Sieve{}
	if p.All {
		s.Verdict = everything
		return s
	}
	if p.Empty() {
		s.Verdict = nothing
		return s
	}
	for _, prefix := range p.Prefixes {
		s.prefix(prefix)
	}
	for _, name := range p.Names {
		s.whole(keyName, name, anyDepth)
	}
	for _, name := range p.Directories {
		s.whole(keyDirectory, name, anyDepth)
	}
	for _, suffix := range p.Suffixes {
		if i := strings.LastIndexByte(suffix, '/'); i >= 0 {
			s.whole(keyName, suffix[i+1:], anyDepth)
		} else {
			s.end(suffix)
		}
	}
	s.contains(p.Contains)
	return s
}

// prefix takes in a beginning of paths: of its parts the last, which is a whole directory or the beginning of a name, at
// the depth at which it stands.
func (s *Sieve) prefix(prefix string) {
	rooted := strings.TrimPrefix(prefix, "/")
	depth := depthMask(strings.Count(strings.TrimSuffix(rooted, "/"), "/") + 1)
	if rooted == prefix { // a file in no directory: its name is the path
		depth = anyDepth
	}
	if dir, whole := strings.CutSuffix(rooted, "/"); whole {
		s.whole(keyDirectory, dir[strings.LastIndexByte(dir, '/')+1:], depth)
		return
	}
	name := rooted[strings.LastIndexByte(rooted, '/')+1:]
	if name == "" {
		s.Verdict = everything
		return
	}
	n := min(len(name), keyBytes)
	s.Starts |= 1 << n
	s.StartHeads |= byteBit(name[0])
	s.add(keyStart, word(name[:n]), n, depth)
}

// whole takes in a whole name.
func (s *Sieve) whole(kind uint64, name string, depth uint32) {
	if name == "" {
		s.Verdict = everything
		return
	}
	bit := uint64(1) << min(len(name), longNames)
	if kind == keyName {
		s.Names |= bit
		s.NameHeads |= byteBit(name[0])
	} else {
		s.Directories |= bit
		s.DirectoryHeads |= byteBit(name[0])
	}
	s.add(kind, word(name[:min(len(name), keyBytes)]), min(len(name), maxLength), depth)
}

// end takes in the end of names.
func (s *Sieve) end(suffix string) {
	n := min(len(suffix), keyBytes)
	if n == 0 {
		s.Verdict = everything
		return
	}
	s.Ends |= 1 << n
	s.EndTails |= byteBit(suffix[len(suffix)-1])
	s.add(keyEnd, word(suffix[len(suffix)-n:]), n, anyDepth)
}

// add puts a key into its bucket. Where that is full, its last slot stands for all that come.
func (s *Sieve) add(kind, key uint64, length int, depths uint32) {
	bucket, tag := place(kind, key, length)
	row := &s.Slots[bucket]
	for i := range row {
		if row[i] == 0 || row[i]>>16 == tag {
			row[i] |= tag<<16 | depths
			return
		}
	}
	row[slots-1] |= anyTag<<16 | depths
}

// place returns where a key is looked up.
func place(kind, key uint64, length int) (bucket uint64, tag uint32) {
	h := (key ^ (uint64(length)<<56 | kind<<48)) * 0x9e3779b97f4a7c15
	tag = uint32(h >> 38 & 0xffff)
	if tag == 0 || tag == anyTag {
		tag = 1
	}
	return h >> 54, tag
}

// word returns up to eight bytes as a number, the first the least.
func word(text string) (w uint64) {
	for i := range len(text) {
		w |= uint64(text[i]) << (8 * i)
	}
	return w
}

// depthMask returns the bit of a depth.
func depthMask(depth int) uint32 { return 1 << min(depth, deep) }

// byteBit returns the bit of a byte. Letters and digits have bits of their own.
func byteBit(c byte) uint64 { return 1 << ((c ^ c>>3) & 63) }
