package detect

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/rule"
)

const day = float64(24 * 60 * 60)

// history are n execs by a user into pods of their own, over days.
func history(n int, user string, days float64) []call {
	var out []call
	for i := range n {
		at := -days*day + float64(i)*days*day/float64(n)
		out = append(out, exec(at, fmt.Sprint("h", i), user, fmt.Sprint("pod-", i), 101))
	}
	return out
}

func novelExec(base rule.Severity, within ...string) *rule.Rule {
	r := execRule(&rule.Extension{Severity: []rule.Adjust{
		{Novel: &rule.Novelty{Key: refs("actor.user.name"), Within: refs(within...)}, Raise: 1, Why: "first time"},
	}})
	r.Severity = base
	return r
}

func TestNovelty(t *testing.T) {
	tests := []struct {
		name    string
		rule    *rule.Rule
		history []call
		in      []call
		want    []string
		answer  string // of the first finding
	}{
		{"new", novelExec(rule.Low), history(30, "joe", 3), []call{exec(0, "a", "jane", "web-1", 101)},
			[]string{"exec medium 1 [a]; first time"}, "new"},
		{"known", novelExec(rule.Low), append(history(30, "joe", 3), exec(-60, "x", "jane", "web-1", 101)),
			[]call{exec(0, "a", "jane", "web-1", 101)}, []string{"exec low 1 [a]"}, "known"},
		{"no history", novelExec(rule.Low), nil, []call{exec(0, "a", "jane", "web-1", 101)},
			[]string{"exec low 1 [a]"}, "not enough history"},
		{"too few matches", novelExec(rule.Low), history(19, "joe", 3), []call{exec(0, "a", "jane", "web-1", 101)},
			[]string{"exec low 1 [a]"}, "not enough history"},
		{"too short a time", novelExec(rule.Low), history(50, "joe", 0.9), []call{exec(0, "a", "jane", "web-1", 101)},
			[]string{"exec low 1 [a]"}, "not enough history"},
		{"a memory within the namespace", novelExec(rule.Low, "k8s.namespace"), history(30, "joe", 3),
			[]call{{id: "a", user: "jane", verb: "create", resource: "pods", sub: "exec", ns: "bank", name: "x", code: 101}},
			[]string{"exec low 1 [a]"}, "not enough history"},
		{"low ones are learned as they come", novelExec(rule.Informational), history(30, "joe", 3),
			[]call{exec(0, "a", "jane", "web-1", 101), exec(1, "b", "jane", "web-2", 101)},
			[]string{"exec low 1 [a]; first time", "exec informational 1 [b]"}, "new"},
		{"medium ones are not", novelExec(rule.Low), history(30, "joe", 3),
			[]call{exec(0, "a", "jane", "web-1", 101), exec(1, "b", "jane", "web-2", 101)},
			[]string{"exec medium 1 [a]; first time", "exec medium 1 [b]; first time"}, "new"},
		{"a rule for what is new alone", single("new", rule.Medium, eq("resource.type", "pods"), &rule.Extension{New: &rule.Novelty{Key: refs("actor.user.name")}}),
			history(30, "joe", 3), []call{exec(0, "a", "jane", "web-1", 101), exec(1, "b", "joe", "web-1", 101)},
			[]string{"new medium 1 [a]"}, "new"},
		{"such a rule is silent while it learns", single("new", rule.Medium, eq("resource.type", "pods"), &rule.Extension{New: &rule.Novelty{Key: refs("actor.user.name")}}),
			nil, []call{exec(0, "a", "jane", "web-1", 101), exec(1, "b", "joe", "web-1", 101)}, nil, ""},
		{"what has not been seen for long is new again", novelExec(rule.Low),
			append(history(30, "joe", 3), exec(-200*day, "x", "jane", "web-1", 101)), []call{exec(0, "a", "jane", "web-1", 101)},
			[]string{"exec medium 1 [a]; first time"}, "new"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBed(t, StateOptions{}, tt.rule)
			b.learn(tt.history...)
			b.observe(tt.in...)
			fs := b.state.Finish()
			if got := lines(fs); !reflect.DeepEqual(got, tt.want) {
				t.Fatalf("got\n %q, want\n %q", got, tt.want)
			}
			if tt.answer != "" && (len(fs[0].Novelty) != 1 || fs[0].Novelty[0] != NoveltyAnswer{"actor.user.name", tt.answer}) {
				t.Errorf("answers %v, want %s", fs[0].Novelty, tt.answer)
			}
			var r coverage.Report
			if b.state.Cover(&r); r.Learned.Events != int64(len(tt.history)) {
				t.Errorf("learned from %d records of %d", r.Learned.Events, len(tt.history))
			}
		})
	}
}

// keyOf makes a question of numbers.
func keyOf(memory, key int) noveltyKey {
	return noveltyKey{uint64(memory)*0x9e3779b97f4a7c15 + 1, uint64(key)*0xbf58476d1ce4e5b9 + 7}
}

func TestNoveltyBound(t *testing.T) {
	n := NewNovelty(NoveltyOptions{Bytes: 1 << 16})
	for i := range 100_000 {
		n.learn(keyOf(i/10, i), int64(i)*int64(time.Minute))
	}
	if bytes := len(n.keys.slots)*seenBytes + len(n.memories.slots)*noveltyMemorySlotBytes; bytes > 1<<16 {
		t.Errorf("%d bytes", bytes)
	}
	if n.Evicted() == 0 {
		t.Error("nothing was counted as forgotten")
	}
	if a := n.ask(keyOf(9999, 99_999), 100_000*int64(time.Minute), 0); a != AnswerKnown {
		t.Errorf("the latest is %v", a)
	}
}

func TestNoveltyKeepsAll(t *testing.T) {
	n := NewNovelty(NoveltyOptions{})
	for i := range 200_000 {
		n.learn(keyOf(i/100, i), int64(i)*int64(time.Second))
	}
	if n.Evicted() != 0 || n.Len() != 200_000 || n.memories.used != 2000 {
		t.Fatalf("%d kept in %d memories, %d forgotten", n.Len(), n.memories.used, n.Evicted())
	}
	for i := range 200_000 {
		if a := n.ask(keyOf(i/100, i), 200_000*int64(time.Second), 0); a != AnswerKnown {
			t.Fatalf("%d is %v", i, a)
		}
	}
}

func TestNoveltySnapshot(t *testing.T) {
	a, b := NewNovelty(NoveltyOptions{}), NewNovelty(NoveltyOptions{})
	order := rand.New(rand.NewPCG(1, 2)).Perm(5000)
	for i := range 5000 {
		a.learn(keyOf(i%7, i%1000), int64(i)*int64(time.Minute))
		b.learn(keyOf(order[i]%7, order[i]%1000), int64(order[i])*int64(time.Minute))
	}
	snap := a.Encode()
	if !bytes.Equal(snap, b.Encode()) {
		t.Error("the order of learning shows in the snapshot")
	}
	c, err := DecodeNovelty(snap, NoveltyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(c.Encode(), snap) {
		t.Error("a decoded snapshot encodes to something else")
	}
	for i := range 3000 {
		k, at := keyOf(i%9, i), int64(5000+i)*int64(time.Minute)
		if x, y := a.ask(k, at, hour), c.ask(k, at, hour); x != y {
			t.Fatalf("question %d: %v before, %v after", i, x, y)
		}
	}
}

func TestDecodeNoveltyErrors(t *testing.T) {
	n := NewNovelty(NoveltyOptions{})
	n.learn(keyOf(1, 1), hour)
	good := n.Encode()
	changed := func(i int) []byte { b := slices.Clone(good); b[i] ^= 1; return b }
	for name, data := range map[string][]byte{
		"empty": nil, "cut off": good[:len(good)-1], "another version": changed(7), "another file": changed(0), "a changed byte": changed(20),
	} {
		if _, err := DecodeNovelty(data, NoveltyOptions{}); !errors.Is(err, ErrNoveltySnapshot) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzDecodeNovelty is given what stands before the checksum.
func FuzzDecodeNovelty(f *testing.F) {
	n := NewNovelty(NoveltyOptions{})
	add := func() { snap := n.Encode(); f.Add(snap[:len(snap)-4]) }
	add()
	for i := range 40 {
		n.learn(keyOf(i%3, i), int64(i)*hour)
	}
	add()
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := DecodeNovelty(data, NoveltyOptions{}); err != nil && !errors.Is(err, ErrNoveltySnapshot) {
			t.Error(err)
		}
		data = binary.LittleEndian.AppendUint32(data, crc32.ChecksumIEEE(data))
		n, err := DecodeNovelty(data, NoveltyOptions{Bytes: 1 << 12})
		if err != nil {
			return
		}
		n.learn(keyOf(1, 2), hour)
		if n.ask(keyOf(1, 2), hour, 0) != AnswerKnown {
			t.Error("what was just learned is not known")
		}
		if _, err := DecodeNovelty(n.Encode(), NoveltyOptions{}); err != nil {
			t.Error(err)
		}
	})
}
