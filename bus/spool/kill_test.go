package spool_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/bus/spool"
	"github.com/lynceus-io/lynceus/internal/require"
)

// victimDir names, in the environment of a copy of this test, the directory over which it keeps batches until it is killed.
const victimDir = "LYNCEUS_TEST_SPOOL_VICTIM"

func TestMain(m *testing.M) {
	if dir := os.Getenv(victimDir); dir != "" {
		fmt.Fprintln(os.Stderr, victim(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// victim keeps numbered batches and sends some of them: it writes what Put has taken and what the hub gets to standard output.
func victim(dir string) error {
	s, _, err := spool.Open(spool.Options{Dir: dir, Now: time.Now})
	if err != nil {
		return err
	}
	start := time.Now().UnixNano()
	for i := range int64(1_000_000) {
		lane := spool.Lanes()[i%3]
		payload := fmt.Appendf(nil, "%d %s", start+i, strings.Repeat("x", int(i%7)*5000))
		owner := ""
		if i%5 == 0 {
			owner = "flood"
		}
		if err := s.Put(spool.Input{Lane: lane, Owner: owner, Payload: payload}); err != nil {
			return err
		}
		fmt.Printf("put %d\n", start+i)
		for range rand.IntN(3) {
			b, err := s.Next(context.Background())
			if err != nil {
				return err
			}
			number, _, _ := strings.Cut(string(b.Payload), " ")
			fmt.Printf("sent %v %s %d %s\n", b.Lane, b.Epoch, b.Sequence, number)
			s.Done(b)
			if s.Stats().Batches == 0 {
				break
			}
		}
	}
	return nil
}

func TestKill(t *testing.T) { killRounds(t, 10) }

func TestSoakKill(t *testing.T) {
	require.Soak(t)
	killRounds(t, 200)
}

// hub receives batches as the hub does: what is at or below the highest number of its lane and epoch came before.
type hub struct {
	put, got map[string]int
	highest  map[string]uint64
	repeated int
}

func (h *hub) line(t *testing.T, line string) {
	var lane, epoch, number string
	var sequence uint64
	if n, _ := fmt.Sscanf(line, "put %s", &number); n == 1 {
		h.put[number]++
		return
	}
	if n, _ := fmt.Sscanf(line, "sent %s %s %d %s", &lane, &epoch, &sequence, &number); n == 4 {
		h.receive(lane, epoch, sequence, number)
		return
	}
	t.Logf("%q", line) // the last line of one who was killed
}

func (h *hub) receive(lane, epoch string, sequence uint64, number string) {
	if sequence <= h.highest[lane+epoch] {
		h.repeated++
		return
	}
	h.highest[lane+epoch] = sequence
	h.got[number]++
}

// killRounds kills a process that keeps batches at random moments. What Put had taken is at the hub at the end, once.
func killRounds(t *testing.T, rounds int) {
	dir := t.TempDir()
	h := &hub{map[string]int{}, map[string]int{}, map[string]uint64{}, 0}
	for range rounds {
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
		time.AfterFunc(time.Duration(30+rand.IntN(150))*time.Millisecond, func() { _ = cmd.Process.Kill() })
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			h.line(t, lines.Text())
		}
		_ = cmd.Wait()
	}
	s, found, err := spool.Open(spool.Options{Dir: dir, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for s.Stats().Batches > 0 {
		b, err := s.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		number, _, _ := strings.Cut(string(b.Payload), " ")
		h.receive(b.Lane.String(), b.Epoch, b.Sequence, number)
		s.Done(b)
	}
	for number := range h.put {
		if h.got[number] != 1 {
			t.Errorf("batch %s came %d times", number, h.got[number])
		}
	}
	if len(h.put) == 0 || len(h.got) > len(h.put)+rounds {
		t.Errorf("%d put, %d received", len(h.put), len(h.got))
	}
	t.Logf("%d batches of %d processes, %d repeated, %+v", len(h.put), rounds, h.repeated, found)
}
