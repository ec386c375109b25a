package literals

import "math/bits"

// Odd constants of about as many ones as zeros, from the digits of the square
// roots of 2 and 3 and of the golden ratio.
const (
	mix1 = 0x6A09E667F3BCC909
	mix2 = 0xBB67AE8584CAA73B
	mix3 = 0x9E3779B97F4A7C15
)

// Hash mixes the length, start, middle and end of a text, all of one of up to
// 24 bytes. Texts can be made to collide: whoever uses it bounds what a
// collision costs.
func Hash(s string) uint64 {
	var a, b, c uint64
	switch n := len(s); {
	case n >= 8:
		a, b, c = load8(s), load8(s[n-8:]), load8(s[n/2-4:])
	case n >= 4:
		a, b = uint64(load4(s)), uint64(load4(s[n-4:]))
	case n > 0:
		a = uint64(s[0]) | uint64(s[n/2])<<8 | uint64(s[n-1])<<16
	}
	hi, lo := bits.Mul64(a^mix1, b^mix2)
	hi, lo = bits.Mul64(hi^lo^c, uint64(len(s))^mix3)
	return hi ^ lo
}

func load4(s string) uint32 {
	_ = s[3]
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

func load8(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}
