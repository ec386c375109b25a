package syscalls

// MaxNumber is what all numbers are less than, as CALLS in bpf/src/call.h.
const MaxNumber = 512

// Number returns the number of a call on this machine; not every machine has every call.
func Number(name string) (uint32, bool) {
	n, ok := numbers[name]
	return n, ok
}

// Compat returns the numbers by which programs of 32 bits make a call.
func Compat(name string) (out []uint32) {
	for n, is := range compatNumbers {
		if is == name {
			out = append(out, n)
		}
	}
	return out
}

// CompatWithin returns the number by which programs of 32 bits may make a call as well: socketcall, which stands for several.
func CompatWithin(name string) (uint32, bool) {
	n, ok := compatWithin[name]
	return n, ok
}

// ByNumber returns the call with a number, nil when it is none that is told. compat is for programs of 32 bits.
func ByNumber(n uint32, compat bool) *Call {
	if compat {
		return byName[compatNumbers[n]]
	}
	return byName[nameOf[n]]
}

// nameOf is numbers, the other way round.
var nameOf = func() map[uint32]string {
	out := make(map[uint32]string, len(numbers))
	for name, n := range numbers {
		out[n] = name
	}
	return out
}()
