//go:build linux

package sensor

import (
	"encoding/binary"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/asm"
)

// constants is the map in which a program finds what is constant once it is loaded.
const constants = ".rodata"

// fold puts constants into the programs that read them. The kernel knows the values of constants when it checks a program, and
// leaves out what they rule out, but each time it still loads them from the map, by an address of 64 bits: at a hundred
// places of the program at the return of all system calls, as each read asks how the kernel lets it be done.
func fold(object *ebpf.CollectionSpec) {
	m := object.Maps[constants]
	if m == nil {
		return
	}
	values := make([]byte, m.ValueSize)
	for _, content := range m.Contents {
		if b, ok := content.Value.([]byte); ok {
			copy(values, b)
		}
	}
	for _, v := range object.Variables {
		if v.SectionName == constants {
			copy(values[v.Offset:], v.Value)
		}
	}
	for _, p := range object.Programs {
		p.Instructions = folded(p.Instructions, values)
	}
}

// folded returns instructions in which a word is set that was loaded from the constants. What takes the place of two
// instructions takes as much room, so that no jump has to be changed; the kernel removes jumps to what comes next.
func folded(in asm.Instructions, values []byte) asm.Instructions {
	targets := jumpTargets(in)
	out := make(asm.Instructions, 0, len(in))
	var at asm.RawInstructionOffset
	for i := 0; i < len(in); i++ {
		address := &in[i]
		next := at + address.Width()
		if i+1 < len(in) && !targets[next] {
			if value, ok := constant(address, &in[i+1], values); ok {
				out = append(out, asm.Mov.Imm32(address.Dst, int32(value)).WithSource(address.Source()), nothing, nothing)
				i++
				at = next + in[i].Width()
				continue
			}
		}
		out = append(out, *address)
		at = next
	}
	return out
}

// nothing jumps to the next instruction.
var nothing = asm.Instruction{OpCode: asm.OpCode(asm.JumpClass).SetJumpOp(asm.Ja)}

// constant returns the word that two instructions load: the first its address, the second, in the address's place, the
// word.
func constant(address, load *asm.Instruction, values []byte) (uint32, bool) {
	if address.OpCode != asm.LoadImmOp(asm.DWord) || address.Src != asm.PseudoMapValue || address.Reference() != constants ||
		address.Symbol() != "" || load.Symbol() != "" {
		return 0, false
	}
	if load.OpCode != asm.LoadMemOp(asm.Word) || load.Src != address.Dst || load.Dst != address.Dst {
		return 0, false
	}
	from := int64(uint64(address.Constant)>>32) + int64(load.Offset)
	if from < 0 || from+4 > int64(len(values)) {
		return 0, false
	}
	return binary.LittleEndian.Uint32(values[from:]), true
}

// jumpTargets returns the places to which instructions jump, other than the next.
func jumpTargets(in asm.Instructions) map[asm.RawInstructionOffset]bool {
	out := map[asm.RawInstructionOffset]bool{}
	for iter := in.Iterate(); iter.Next(); {
		switch op := iter.Ins.OpCode; {
		case !op.Class().IsJump(), op.JumpOp() == asm.Call, op.JumpOp() == asm.Exit:
		case op.Class() == asm.Jump32Class && op.JumpOp() == asm.Ja:
			out[iter.Offset+1+asm.RawInstructionOffset(iter.Ins.Constant)] = true
		default:
			out[iter.Offset+1+asm.RawInstructionOffset(iter.Ins.Offset)] = true
		}
	}
	return out
}
