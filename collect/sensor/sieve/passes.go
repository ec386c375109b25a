package sieve

import "strings"

// Passes says what the kernel's programs say of a file that stands at a path. It is their definition: tests hold them
// against it.
func (s *Sieve) Passes(path string) bool {
	if s.Verdict != look {
		return s.Verdict == everything
	}
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	if len(parts) > maxDepth {
		return true
	}
	for i, name := range parts {
		depths := s.named(name, i == len(parts)-1)
		if depths == anyDepth || depths&depthMask(i+1) != 0 {
			return true
		}
	}
	return false
}

// named returns the depths at which a name counts.
func (s *Sieve) named(name string, last bool) (depths uint32) {
	head, tail := name[:min(len(name), keyBytes)], name[max(0, len(name)-keyBytes):]
	kind, lengths, heads := uint64(keyDirectory), s.Directories, s.DirectoryHeads
	if last {
		kind, lengths, heads = keyName, s.Names, s.NameHeads
	}
	has := func(set uint64, c byte) bool { return set&byteBit(c) != 0 }
	if name != "" && has(heads, name[0]) && lengths>>min(len(name), longNames)&1 != 0 {
		depths |= s.find(kind, word(head), min(len(name), maxLength))
	}
	for n := 1; n <= keyBytes && n <= len(name); n++ {
		if s.Starts>>n&1 != 0 && has(s.StartHeads, name[0]) {
			depths |= s.find(keyStart, word(head[:n]), n)
		}
		if last && s.Ends>>n&1 != 0 && has(s.EndTails, name[len(name)-1]) {
			depths |= s.find(keyEnd, word(tail[len(tail)-n:]), n)
		}
	}
	if s.Pairs > 0 && len(name) >= int(s.Shortest) && s.paired(name) {
		depths = anyDepth
	}
	return depths
}

func (s *Sieve) paired(name string) bool {
	if len(name) > textBytes {
		return true
	}
	for i := range len(name) - 1 {
		for j := range s.Pairs {
			if uint64(name[i])*everyByte == s.First[j] && uint64(name[i+1])*everyByte == s.Second[j] {
				return true
			}
		}
	}
	return false
}

func (s *Sieve) find(kind, key uint64, length int) (depths uint32) {
	bucket, tag := place(kind, key, length)
	for _, slot := range s.Slots[bucket] {
		if slot>>16 == tag || slot>>16 == anyTag {
			depths |= slot & 0xffff
		}
	}
	return depths
}
