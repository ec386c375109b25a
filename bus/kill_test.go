package bus_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/bus"
	"github.com/lynceus-io/lynceus/internal/require"
)

// victimDir names, in the environment of a copy of this test, the directory
// over which it shall publish until it is killed.
const victimDir = "LYNCEUS_TEST_BUS_VICTIM"

func TestMain(m *testing.M) {
	if dir := os.Getenv(victimDir); dir != "" {
		fmt.Fprintln(os.Stderr, victim(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// victim publishes numbered payloads, writes each number whose Publish
// returned to standard output, and acknowledges some, until it is killed.
func victim(dir string) error {
	ctx := context.Background()
	b, err := bus.Open(ctx, bus.Options{Dir: dir, Consumers: []string{"store"}, MinFree: 1})
	if err != nil {
		return err
	}
	c, err := b.Consumer(ctx, "store", 0)
	if err != nil {
		return err
	}
	start := time.Now().UnixNano()
	for i := range int64(1_000_000) {
		if _, err := b.Publish(ctx, 0, numbered(start+i)); err != nil {
			return err
		}
		fmt.Printf("published %d\n", start+i)
		if i%20 != 19 {
			continue
		}
		ms, err := c.Pull(ctx, bus.PullOptions{MaxMessages: 7, Wait: time.Second})
		if err != nil {
			return err
		}
		if len(ms) == 0 {
			continue
		}
		// Said before it is done: whatever comes again must be expected.
		fmt.Printf("read %d\n", number(ms[len(ms)-1].Data))
		if err := c.Ack(ctx, ms[len(ms)-1].Seq); err != nil {
			return err
		}
	}
	return nil
}

// numbered is a payload that begins with a number; each eleventh needs three
// messages.
func numbered(n int64) []byte {
	size := 2000
	if n%11 == 0 {
		size = 1200 << 10
	}
	return append(strconv.AppendInt(nil, n, 10), strings.Repeat(" ", size)...)
}

func number(payload []byte) int64 {
	n, _ := strconv.ParseInt(strings.TrimSpace(string(payload)), 10, 64)
	return n
}

func TestKill(t *testing.T) { killRounds(t, 5) }

func TestSoakKill(t *testing.T) {
	require.Soak(t)
	killRounds(t, 50)
}

// killRounds kills a publishing process at random moments. What it was told
// to be durable and has not read must be there afterwards, in order, once.
func killRounds(t *testing.T, rounds int) {
	dir := t.TempDir()
	published := map[int64]bool{} // and not known to be read
	for round := range rounds {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), victimDir+"="+dir)
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines, after := 0, 1+rand.IntN(200)
		for scan := bufio.NewScanner(out); scan.Scan(); {
			verb, text, _ := strings.Cut(scan.Text(), " ")
			n, err := strconv.ParseInt(text, 10, 64)
			if err != nil {
				continue // cut off by the kill
			}
			if verb == "published" {
				published[n] = true
			} else {
				for p := range published {
					if p <= n {
						delete(published, p)
					}
				}
			}
			if lines++; lines == after {
				time.AfterFunc(time.Duration(rand.IntN(3000))*time.Microsecond, func() { _ = cmd.Process.Kill() })
			}
		}
		_ = cmd.Wait()
		checkSurvivors(t, dir, round, published)
	}
}

// checkSurvivors reads what a killed process left behind. In each fourth round
// it acknowledges it, and empties published.
func checkSurvivors(t *testing.T, dir string, round int, published map[int64]bool) {
	t.Helper()
	b, err := bus.Open(t.Context(), bus.Options{Dir: dir, Consumers: []string{"store"}, MinFree: 1})
	if err != nil {
		t.Fatalf("round %d: %v", round, err)
	}
	defer b.Close()
	c := consumer(t, b)
	last, found := int64(0), 0
	for {
		ms := pull(t, c, bus.PullOptions{MaxBytes: 32 << 20})
		if len(ms) == 0 {
			break
		}
		for _, m := range ms {
			n := number(m.Data)
			if n <= last {
				t.Fatalf("round %d: payload %d after %d", round, n, last)
			}
			if string(m.Data) != string(numbered(n)) {
				t.Fatalf("round %d: payload %d changed", round, n)
			}
			last = n
			if published[n] {
				found++
			}
		}
	}
	if found != len(published) {
		t.Fatalf("round %d: %d of %d acknowledged payloads are there", round, found, len(published))
	}
	if round%4 == 3 && last > 0 {
		if err := c.Ack(t.Context(), c.Read()); err != nil {
			t.Fatal(err)
		}
		clear(published)
	}
	t.Logf("round %d: %d acknowledged payloads survived", round, found)
}
