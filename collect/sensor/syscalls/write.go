package syscalls

import (
	"strconv"
	"strings"
)

// flag is a bit, or several, with its name.
type flag struct {
	bits uint64
	name string
}

// flags returns what writes a set of flags. None is 0.
func flags(known []flag) func(uint64) string {
	return func(v uint64) string {
		var out []string
		for _, f := range known {
			if v&f.bits == f.bits {
				out = append(out, f.name)
				v &^= f.bits
			}
		}
		if v != 0 || len(out) == 0 {
			out = append(out, hexadecimal(v))
		}
		return strings.Join(out, "|")
	}
}

// one returns what writes a number that stands for one of several things. Arguments of this sort are int in C.
func one(known map[uint64]string) func(uint64) string {
	return func(v uint64) string {
		if name, ok := known[uint64(uint32(v))]; ok {
			return name
		}
		return signed(v)
	}
}

func number(v uint64) string { return strconv.FormatUint(v, 10) }

// signed writes a C int.
func signed(v uint64) string { return strconv.FormatInt(int64(int32(v)), 10) }

func hexadecimal(v uint64) string {
	if v == 0 {
		return "0"
	}
	return "0x" + strconv.FormatUint(v, 16)
}

// identity writes a user or group id, which is -1 where it is not to change.
func identity(v uint64) string {
	if uint32(v) == 1<<32-1 {
		return "-1"
	}
	return strconv.FormatUint(uint64(uint32(v)), 10)
}

// atCWD is the descriptor that stands for the working directory.
const atCWD = -100

func descriptor(v uint64) string {
	if int32(v) == atCWD {
		return "AT_FDCWD"
	}
	return signed(v)
}

// openFlags writes those of open(2). How a file is opened is a number in the two lowest bits.
func openFlags(v uint64) string {
	v &= 1<<32 - 1
	out := [...]string{"O_RDONLY", "O_WRONLY", "O_RDWR", "O_ACCMODE"}[v&3]
	if rest := v &^ 3; rest != 0 {
		out += "|" + writeOpenFlags(rest)
	}
	return out
}

// CreateFlags are the flags of open(2) with which creat(2) opens.
const CreateFlags = 0x241

// mode writes permissions by their names; the kind of a file is left out.
func mode(v uint64) string {
	v &= 0o7777
	if v == 0 {
		return "0"
	}
	return writeMode(v)
}

var (
	writeOpenFlags = flags(openBits)
	writeMode      = flags(modeBits)
)

// socketType writes the second argument of socket(2): a number with two flags.
func socketType(v uint64) string {
	out := one(socketTypes)(v & 0xf)
	if rest := v &^ 0xf & (1<<32 - 1); rest != 0 {
		out += "|" + flags(socketFlags)(rest)
	}
	return out
}

// mapFlags writes the fourth argument of mmap(2), whose lowest bits are a number.
func mapFlags(v uint64) string {
	out := one(map[uint64]string{1: "MAP_SHARED", 2: "MAP_PRIVATE", 3: "MAP_SHARED_VALIDATE"})(v & 0xf)
	if rest := v &^ 0xf & (1<<32 - 1); rest != 0 {
		out += "|" + flags(mapBits)(rest)
	}
	return out
}
