//go:build linux

package sensor

import (
	"strings"
	"testing"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/asm"

	"github.com/lynceus-io/lynceus/collect/sensor/bpf"
	"github.com/lynceus-io/lynceus/internal/require"
)

// The word at an offset of the constants is put where it was loaded; what only looks like that stays.
func TestFolded(t *testing.T) {
	values := []byte{1, 0, 0, 0, 0x78, 0x56, 0x34, 0x92}
	address := func(r asm.Register, offset uint32, of string) asm.Instruction {
		return asm.LoadMapValue(r, 0, offset).WithReference(of)
	}
	end := asm.Instructions{asm.Mov.Imm(asm.R0, 0), asm.Return()}
	jump := func(by int16) asm.Instruction {
		return asm.Instruction{OpCode: asm.OpCode(asm.JumpClass).SetJumpOp(asm.JEq).SetSource(asm.ImmSource), Dst: asm.R3, Offset: by}
	}
	for _, c := range []struct {
		name string
		in   asm.Instructions
		want int64 // what is put into the register; 0 when nothing is changed
	}{
		{"a word", asm.Instructions{address(asm.R1, 4, constants), asm.LoadMem(asm.R1, asm.R1, 0, asm.Word)}, -0x6dcba988},
		{"the first word", asm.Instructions{address(asm.R1, 0, constants), asm.LoadMem(asm.R1, asm.R1, 0, asm.Word)}, 1},
		{"by the load's offset", asm.Instructions{address(asm.R1, 4, constants), asm.LoadMem(asm.R1, asm.R1, -4, asm.Word)}, 1},
		{"jumped over", asm.Instructions{jump(3), address(asm.R1, 0, constants), asm.LoadMem(asm.R1, asm.R1, 0, asm.Word)}, 1},
		{"another map", asm.Instructions{address(asm.R1, 0, ".data"), asm.LoadMem(asm.R1, asm.R1, 0, asm.Word)}, 0},
		{"the address is kept", asm.Instructions{address(asm.R2, 0, constants), asm.LoadMem(asm.R1, asm.R2, 0, asm.Word)}, 0},
		{"a byte", asm.Instructions{address(asm.R1, 0, constants), asm.LoadMem(asm.R1, asm.R1, 0, asm.Byte)}, 0},
		{"beyond the end", asm.Instructions{address(asm.R1, 8, constants), asm.LoadMem(asm.R1, asm.R1, 0, asm.Word)}, 0},
		{"jumped into", asm.Instructions{jump(2), address(asm.R1, 0, constants), asm.LoadMem(asm.R1, asm.R1, 0, asm.Word)}, 0},
	} {
		in := append(c.in, end...)
		out := folded(in, values)
		if got, want := width(out), width(in); got != want {
			t.Errorf("%s: takes the room of %d instructions, took that of %d", c.name, got, want)
		}
		var put int64
		for _, ins := range out {
			if ins.OpCode == asm.Mov.Imm32(asm.R1, 0).OpCode && ins.Dst == asm.R1 {
				put = ins.Constant
			}
		}
		if put != c.want {
			t.Errorf("%s: puts %#x, want %#x\n%v", c.name, put, c.want, out)
		}
	}
}

func width(in asm.Instructions) (n asm.RawInstructionOffset) {
	for i := range in {
		n += in[i].Width()
	}
	return n
}

// Hardly a constant is left to be loaded by the program at the return of all system calls, and the kernel takes it.
func TestFoldedPrograms(t *testing.T) {
	ofKernel(t)
	object, err := ebpf.LoadCollectionSpecFromReader(strings.NewReader(bpf.Sensor()))
	if err != nil {
		t.Fatal(err)
	}
	loads := func() (n int) {
		for _, ins := range object.Programs["lynceus_call"].Instructions {
			if ins.Src == asm.PseudoMapValue && ins.Reference() == constants {
				n++
			}
		}
		return n
	}
	before := loads()
	fold(object)
	after := loads()
	if before < 100 || after > before/5 {
		t.Errorf("%d loads of constants, %d before", after, before)
	}
	t.Logf("%d loads of constants, %d before", after, before)
	require.BPF(t)
	start(t, Spec{Plan: usual})
}
