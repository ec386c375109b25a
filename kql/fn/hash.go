package fn

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"math/bits"

	"github.com/lynceus-io/lynceus/kql/value"
)

func hashFuncs() []*Func {
	hexed := func(name string, sum func([]byte) []byte) *Func {
		return lax(name, 1, 1, value.TypeString, []param{text}, func(_ *Context, args []value.Value) value.Value {
			return value.String(hex.EncodeToString(sum([]byte(str(args[0])))))
		})
	}
	hash := func(_ *Context, args []value.Value) value.Value {
		return modulus(hashOf(args[0]), args[1:])
	}
	return []*Func{
		hexed("hash_md5", func(b []byte) []byte { s := md5.Sum(b); return s[:] }),
		hexed("hash_sha1", func(b []byte) []byte { s := sha1.Sum(b); return s[:] }),
		hexed("hash_sha256", func(b []byte) []byte { s := sha256.Sum256(b); return s[:] }),
		lax("hash", 1, 2, value.TypeLong, []param{anyArg, whole}, hash),
		lax("hash_xxhash64", 1, 2, value.TypeLong, []param{anyArg, whole}, hash),
	}
}

// modulus brings a hash below the argument, where there is one.
func modulus(h uint64, args []value.Value) value.Value {
	if len(args) == 0 || args[0].Null || args[0].Int <= 0 {
		return value.Long(int64(h))
	}
	return value.Long(int64(h % uint64(args[0].Int)))
}

// hashOf is the xxHash64 of a value's bytes: text as it is, numbers and times
// in eight bytes, the least significant first; datetimes count from year 1.
func hashOf(v value.Value) uint64 {
	var b [8]byte
	switch v.Type {
	case value.TypeBool, value.TypeInt, value.TypeLong, value.TypeTimespan:
		binary.LittleEndian.PutUint64(b[:], uint64(v.Int))
	case value.TypeDatetime:
		binary.LittleEndian.PutUint64(b[:], uint64(v.Int-value.MinDatetime))
	case value.TypeReal:
		binary.LittleEndian.PutUint64(b[:], math.Float64bits(v.Float))
	default:
		return xxhash64([]byte(v.String()))
	}
	return xxhash64(b[:])
}

const (
	prime1 = 0x9E3779B185EBCA87
	prime2 = 0xC2B2AE3D27D4EB4F
	prime3 = 0x165667B19E3779F9
	prime4 = 0x85EBCA77C2B2AE63
	prime5 = 0x27D4EB2F165667C5
)

// xxhash64 is XXH64 with seed 0, of the xxHash specification.
func xxhash64(b []byte) uint64 {
	n := uint64(len(b))
	round := func(acc, lane uint64) uint64 {
		return bits.RotateLeft64(acc+lane*prime2, 31) * prime1
	}
	var h uint64
	if len(b) >= 32 {
		var seed uint64
		acc := [4]uint64{seed + prime1 + prime2, seed + prime2, seed, seed - prime1}
		for ; len(b) >= 32; b = b[32:] {
			for i := range acc {
				acc[i] = round(acc[i], binary.LittleEndian.Uint64(b[8*i:]))
			}
		}
		h = bits.RotateLeft64(acc[0], 1) + bits.RotateLeft64(acc[1], 7) + bits.RotateLeft64(acc[2], 12) + bits.RotateLeft64(acc[3], 18)
		for _, a := range acc {
			h = (h^round(0, a))*prime1 + prime4
		}
	} else {
		h = prime5
	}
	h += n
	for ; len(b) >= 8; b = b[8:] {
		h = bits.RotateLeft64(h^round(0, binary.LittleEndian.Uint64(b)), 27)*prime1 + prime4
	}
	if len(b) >= 4 {
		h = bits.RotateLeft64(h^uint64(binary.LittleEndian.Uint32(b))*prime1, 23)*prime2 + prime3
		b = b[4:]
	}
	for _, c := range b {
		h = bits.RotateLeft64(h^uint64(c)*prime5, 11) * prime1
	}
	h = (h ^ h>>33) * prime2
	h = (h ^ h>>29) * prime3
	return h ^ h>>32
}
