package syscalls

// What a Recipe says of when a call is told, as in bpf/src/call.h.
const (
	toldDone = 1 << iota
	toldFailed
	toldSieved
	toldNotMissing
)

const placeCWD = 8

// Recipe is struct recipe: what the kernel's program tells of a call, in the layout in which it reads it. Arguments are
// counted from 1.
type Recipe struct {
	Told      uint8
	File      uint8
	Places    [2]uint8
	Texts     [3]uint8
	Data      uint8
	DataBytes uint8
	DataSize  uint8
	Test      uint8
	_         [5]uint8
	Bits      uint64
	Among     uint64
	Mask      uint64
	Families  uint64
}

// Recipe returns what is told of the call. The paths it takes are texts in their order, and each has the place of the
// same number.
func (c *Call) Recipe() Recipe {
	r := Recipe{Told: toldDone, Test: uint8(c.Told.Argument), Bits: c.Told.Bits, Mask: ^c.Told.Flags}
	switch {
	case c.Told.OnlyFailed:
		r.Told = toldFailed
	case c.Told.Failed:
		r.Told |= toldFailed
	}
	for _, n := range c.Told.Among {
		r.Among |= 1 << n
	}
	for _, n := range c.Told.Families {
		r.Families |= 1 << n
	}
	texts, places := 0, 0
	for i, p := range c.Parameters {
		n := uint8(i + 1)
		switch p.Kind {
		case Descriptor:
			r.File = n
		case Directory:
			r.Places[places] = n
		case Path, Name:
			if r.Places[places] == 0 {
				r.Places[places] = placeCWD
			}
			places = min(places+1, len(r.Places)-1)
			r.Texts[texts] = n
			texts++
		case Text:
			r.Texts[texts] = n
			texts++
		case How, CloneArgs, Address, CapData:
			r.Data, r.DataBytes = n, dataBytes[p.Kind]
		case Length:
			r.DataSize = n
		}
	}
	return r
}

// OpenRecipe returns what is told of a call that opens a file: opens of the files that go through the sieves and, if
// they are wanted, those that failed for another reason than that there is no file.
func (c *Call) OpenRecipe(failed bool) Recipe {
	r := c.Recipe()
	r.Told, r.File = toldDone|toldSieved, ArgumentResult
	if failed {
		r.Told |= toldFailed | toldNotMissing
	}
	return r
}
