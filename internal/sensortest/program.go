//go:build linux

package sensortest

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/lynceus-io/lynceus/internal/require"
)

// Writes are the instructions, of x86-64, of a program that writes the letter x to standard output and ends: the first
// instructions that it has.
func Writes() []byte {
	return []byte{
		0xb8, 1, 0, 0, 0, // mov $1, %eax: write
		0xbf, 1, 0, 0, 0, // mov $1, %edi
		0x48, 0x8d, 0x35, 0x10, 0, 0, 0, // lea 16(%rip), %rsi
		0xba, 1, 0, 0, 0, // mov $1, %edx
		0x0f, 0x05, // syscall
		0xb8, 60, 0, 0, 0, // mov $60, %eax: exit
		0x31, 0xff, // xor %edi, %edi
		0x0f, 0x05, // syscall
		'x',
	}
}

// Waits are those of a program that waits for ever: pause(), again and again.
func Waits() []byte { return []byte{0xb8, 34, 0, 0, 0, 0x0f, 0x05, 0xeb, 0xf7} }

// Program writes an ELF program of a single segment, without libraries, and returns the path that it really has. The
// layout is that of elf(5).
func Program(tb testing.TB, name string, code []byte) string {
	tb.Helper()
	require.Need(tb, "bpf", runtime.GOARCH == "amd64", "programs of tests are for amd64, not "+runtime.GOARCH)
	const base, head = 0x400000, 64 + 56
	le := binary.LittleEndian
	b := make([]byte, head, head+len(code))
	copy(b, "\x7fELF\x02\x01\x01")
	le.PutUint16(b[16:], 2)         // executable
	le.PutUint16(b[18:], 62)        // x86-64
	le.PutUint32(b[20:], 1)         // version
	le.PutUint64(b[24:], base+head) // entry
	le.PutUint64(b[32:], 64)        // program headers
	le.PutUint16(b[52:], 64)        // size of this header
	le.PutUint16(b[54:], 56)        // of a program header
	le.PutUint16(b[56:], 1)         // number of those
	p := b[64:]
	le.PutUint32(p, 1)     // load
	le.PutUint32(p[4:], 5) // readable, executable
	le.PutUint64(p[16:], base)
	le.PutUint64(p[24:], base)
	le.PutUint64(p[32:], uint64(head+len(code)))
	le.PutUint64(p[40:], uint64(head+len(code)))
	le.PutUint64(p[48:], 0x1000)
	if err := os.WriteFile(name, append(b, code...), 0o755); err != nil {
		tb.Fatal(err)
	}
	name, err := filepath.EvalSymlinks(name)
	if err != nil {
		tb.Fatal(err)
	}
	return name
}
