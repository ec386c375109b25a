package lake

import (
	"bufio"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/internal/require"
)

// The child of the kill tests is this test binary, told by a variable of the
// environment where its store is.
const childVar = "LYNCEUS_TEST_LAKE_CHILD"

// keptHours is how long the child keeps events; they are received a quarter
// of an hour apart.
const keptHours = 8

// rowsOf is how many events of each table a number of the stream has.
func rowsOf(seq uint64) int { return 20 + int(seq*37%200) }

func receivedAt(seq uint64) time.Time { return base.Add(time.Duration(seq) * 15 * time.Minute) }

func childOptions(dir string, now *clock) Options {
	return Options{Dir: dir, Now: now.now, Grace: 20 * time.Minute, Retention: map[event.Class]time.Duration{
		event.ClassAudit: keptHours * time.Hour, event.ClassNetwork: keptHours * time.Hour}}
}

// TestKillChild appends, merges and drops until it is killed, and prints what
// was acknowledged. It is the other half of TestKill.
func TestKillChild(t *testing.T) {
	dir := os.Getenv(childVar)
	if dir == "" {
		t.Skip("the other half of TestKill")
	}
	now := &clock{}
	l, _, err := Open(context.Background(), childOptions(dir, now))
	if err != nil {
		t.Fatal(err)
	}
	for seq := l.Mark("p") + 1; ; seq++ {
		now.at = receivedAt(seq)
		a := l.Begin("p", seq, seq)
		for i := range rowsOf(seq) {
			for _, c := range []event.Class{event.ClassAudit, event.ClassNetwork} {
				if err := a.Add(at(c, fmt.Sprintf("%d-%d", seq, i), now.at)); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := a.Commit(context.Background()); err != nil {
			t.Fatal(err)
		}
		fmt.Printf("stored %d\n", seq)
		if _, err := l.Maintain(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestKill(t *testing.T) { killRounds(t, 5) }

func TestSoakKill(t *testing.T) {
	require.Soak(t)
	killRounds(t, 50)
}

// killRounds kills a process that appends, merges and drops, at random
// moments, and looks at the store after each: nothing acknowledged is lost or
// there twice.
func killRounds(t *testing.T, rounds int) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	r := rand.New(rand.NewPCG(uint64(os.Getpid()), 2))
	for round := range rounds {
		acked := killOne(t, self, dir, time.Duration(200+r.IntN(700))*time.Millisecond)
		now := &clock{base}
		l, rec, err := Open(context.Background(), childOptions(dir, now))
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		mark := l.Mark("p")
		t.Logf("round %d: acknowledged %d, mark %d: %s", round, acked, mark, rec)
		if mark < acked || mark > acked+1 && acked > 0 {
			t.Errorf("round %d: mark %d after %d was acknowledged", round, mark, acked)
		}
		if len(rec.Aside)+len(rec.NoFilters) > 0 || rec.Rebuilt {
			t.Errorf("round %d: %s", round, rec)
		}
		checkKilled(t, l, mark)
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// killOne runs the child for a while after its first acknowledgement, kills it
// and returns the last.
func killOne(t *testing.T, self, dir string, after time.Duration) (acked uint64) {
	t.Helper()
	cmd := exec.Command(self, "-test.run=^TestKillChild$", "-test.v")
	cmd.Env = append(os.Environ(), childVar+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { cmd.Process.Kill() })
	defer timer.Stop()
	var lines []string
	for sc := bufio.NewScanner(out); sc.Scan(); {
		lines = append(lines, sc.Text())
		if text, ok := strings.CutPrefix(sc.Text(), "stored "); ok {
			if acked, err = strconv.ParseUint(text, 10, 64); err != nil {
				t.Fatal(err)
			}
		}
	}
	if cmd.Wait(); cmd.ProcessState.Exited() { // a killed process did not exit
		t.Fatalf("the child ended by itself:\n%s", strings.Join(lines, "\n"))
	}
	return acked
}

// checkKilled holds that all events up to mark are there once, but for hours
// that were due to be dropped, which may be.
func checkKilled(t *testing.T, l *Lake, mark uint64) {
	t.Helper()
	for _, c := range []event.Class{event.ClassAudit, event.ClassNetwork} {
		count := map[uint64]int{}
		seen := map[string]bool{}
		for _, e := range scan(t, l, All(c)) {
			uid := event.MetadataUID.Get(e)
			if seen[uid] {
				t.Errorf("%s: %s is there twice", c, uid)
			}
			seen[uid] = true
			text, _, _ := strings.Cut(uid, "-")
			seq, err := strconv.ParseUint(text, 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			count[seq]++
		}
		for seq := uint64(1); seq <= mark; seq++ {
			due := !receivedAt(seq).Truncate(time.Hour).Add((keptHours + 1) * time.Hour).After(receivedAt(mark))
			if n := count[seq]; n != rowsOf(seq) && !(due && n == 0) {
				t.Errorf("%s: number %d has %d events, want %d (mark %d)", c, seq, n, rowsOf(seq), mark)
			}
			delete(count, seq)
		}
		if len(count) > 0 {
			t.Errorf("%s: events of numbers above the mark: %v", c, slices.Sorted(maps.Keys(count)))
		}
	}
}
