//go:build linux

package enforce

import (
	"errors"
	"fmt"

	"github.com/cilium/ebpf"
)

// Maps are the tables in the kernel, see bpf/src/enforce.h. They belong to the sensor.
type Maps struct {
	PoliciesOf, Spared, Masks, Programs, Peers, Ports, Marked *ebpf.Map
	Marks                                                     *ebpf.Variable
}

// write makes the kernel judge by new tables, where it judged by old ones: what is new is there before it counts, and
// what is gone does not count before it goes.
func (m *Maps) write(old, want tables) error {
	both := masks{
		Observe: old.masks.Observe & want.masks.Observe, Enforce: old.masks.Enforce & want.masks.Enforce,
		Container: old.masks.Container & want.masks.Container, Memory: old.masks.Memory & want.masks.Memory,
		Dropped: old.masks.Dropped & want.masks.Dropped,
	}
	if err := m.setMasks(both); err != nil {
		return err
	}
	// Ports before the ranges that lead to them.
	for _, err := range []error{
		put(m.Programs, old.programs, want.programs), put(m.Ports, old.ports, want.ports), put(m.Peers, old.peers, want.peers),
		drop(m.Peers, old.peers, want.peers), drop(m.Ports, old.ports, want.ports), drop(m.Programs, old.programs, want.programs),
	} {
		if err != nil {
			return err
		}
	}
	return m.setMasks(want.masks)
}

// put writes what is new or changed.
func put[K, V comparable](m *ebpf.Map, old, want map[K]V) error {
	for k, v := range want {
		if have, ok := old[k]; ok && have == v {
			continue
		}
		if err := m.Put(&k, &v); err != nil {
			return fmt.Errorf("write what policies match: %w", err)
		}
	}
	return nil
}

// drop removes what is gone.
func drop[K, V comparable](m *ebpf.Map, old, want map[K]V) error {
	for k := range old {
		if _, still := want[k]; still {
			continue
		}
		if err := remove(m, &k); err != nil {
			return fmt.Errorf("remove what policies matched: %w", err)
		}
	}
	return nil
}

func (m *Maps) setMasks(v masks) error {
	if err := m.Masks.Put(uint32(0), &v); err != nil {
		return fmt.Errorf("write what policies do: %w", err)
	}
	return nil
}

// apply says which policies apply to a cgroup.
func (m *Maps) apply(cgroup, policies uint64) error {
	var err error
	if policies == 0 {
		err = remove(m.PoliciesOf, cgroup)
	} else {
		err = m.PoliciesOf.Put(cgroup, policies)
	}
	if err != nil {
		return fmt.Errorf("write the policies of a container: %w", err)
	}
	return nil
}

// mark has the kernel kill whatever does something in a cgroup.
func (m *Maps) mark(cgroup, policies uint64) error {
	if err := m.Marked.Put(cgroup, policies); err != nil {
		return fmt.Errorf("mark a container: %w", err)
	}
	if err := m.Marks.Set(uint32(1)); err != nil {
		return fmt.Errorf("mark a container: %w", err)
	}
	return nil
}

// unmark takes a mark away.
func (m *Maps) unmark(cgroup uint64) error {
	if err := remove(m.Marked, cgroup); err != nil {
		return fmt.Errorf("take the mark from a container: %w", err)
	}
	return nil
}

// spare has the kernel never stop a process.
func (m *Maps) spare(tgid uint32, start uint64) error {
	if err := m.Spared.Put(tgid, start); err != nil {
		return fmt.Errorf("have process %d spared: %w", tgid, err)
	}
	return nil
}

// remove removes a key that need not be there.
func remove(m *ebpf.Map, key any) error {
	if err := m.Delete(key); err != nil && !errors.Is(err, ebpf.ErrKeyNotExist) {
		return err
	}
	return nil
}

// settle has the kernel look for marks no more when there are none. A mark that the kernel makes meanwhile is seen: it is
// in the table before the kernel says that there are some.
func (m *Maps) settle() error {
	none, err := m.unmarked()
	if err != nil || !none {
		return err
	}
	if err := m.Marks.Set(uint32(0)); err != nil {
		return fmt.Errorf("say that nothing is marked: %w", err)
	}
	if none, err = m.unmarked(); err != nil || none {
		return err
	}
	if err := m.Marks.Set(uint32(1)); err != nil {
		return fmt.Errorf("say that something is marked: %w", err)
	}
	return nil
}

// unmarked reports whether there is no mark.
func (m *Maps) unmarked() (bool, error) {
	var first uint64
	err := m.Marked.NextKey(nil, &first)
	if errors.Is(err, ebpf.ErrKeyNotExist) {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for marks: %w", err)
	}
	return false, nil
}
