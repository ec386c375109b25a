//go:build cgo

package hub

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/api/token"
	"github.com/lynceus-io/lynceus/bus/enroll"
	"github.com/lynceus-io/lynceus/bus/link"
	"github.com/lynceus-io/lynceus/bus/peer"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/internal/require"
)

// Where the child of TestKillGate has its data, answers, and lets peers in.
const (
	gateChildData = "LYNCEUS_TEST_GATE_DATA"
	gateChildAPI  = "LYNCEUS_TEST_GATE_API"
	gateChildGate = "LYNCEUS_TEST_GATE_GATE"
)

func gateChildOptions(t *testing.T, dir, api, gate string) UpOptions {
	return UpOptions{
		Dir: dir, Listen: api, Gate: &GateOptions{Listen: gate}, Rules: builtinRules(t), Maintain: 200 * time.Millisecond,
		Log: slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{Level: slog.LevelError})),
	}
}

// TestGateChild serves until it is killed. It is the other half of TestKillGate.
func TestGateChild(t *testing.T) {
	dir := os.Getenv(gateChildData)
	if dir == "" {
		t.Skip("the other half of TestKillGate")
	}
	u, err := Start(context.Background(), gateChildOptions(t, dir, os.Getenv(gateChildAPI), os.Getenv(gateChildGate)))
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println("serves")
	t.Fatal(u.Wait(context.Background()))
}

// A hub that is killed at any moment while sensors send to it has every event that it acknowledged, once.
func TestKillGate(t *testing.T) { killGate(t, 4) }

func TestSoakKillGate(t *testing.T) {
	require.Soak(t)
	killGate(t, 50)
}

// freePorts counts what freePort has given; ports below 32768 the kernel gives to nobody who does not ask for them.
var freePorts atomic.Uint32

// freePort is an address of loopback that nobody listens at, and that no other test of this program gets: it stays free while who
// listened there is killed and started again.
func freePort(t *testing.T) string {
	t.Helper()
	for range 100 {
		port := 20000 + (uint32(os.Getpid())*64+freePorts.Add(1))%12000
		if l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
			defer l.Close()
			return l.Addr().String()
		}
	}
	t.Fatal("no port of loopback is free")
	return ""
}

func killGate(t *testing.T, rounds int) {
	if testing.Short() {
		t.Skip("kills processes for half a minute")
	}
	t.Parallel()
	dir, api, gate := t.TempDir(), freePort(t), freePort(t)
	tokens, err := token.Open(dir, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	_, text, err := tokens.Create(token.New{Name: "s", Role: token.Sensor, Cluster: "prod", By: "test"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var sending sync.WaitGroup
	var acknowledged, again atomic.Int64
	for i := range 4 {
		sending.Go(func() {
			send(ctx, t, "http://"+api, enroll.Proof{Token: text, Node: fmt.Sprint("node-", i)}, &acknowledged, &again)
		})
	}
	r := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))
	for round := range rounds {
		after := time.Duration(500+r.IntN(2500)) * time.Millisecond
		killGateChild(t, dir, api, gate, after)
		t.Logf("round %d: killed %v after it served; %d events acknowledged, %d batches sent again", round, after.Round(time.Millisecond), acknowledged.Load(), again.Load())
	}
	u, err := Start(t.Context(), gateChildOptions(t, dir, api, gate))
	if err != nil {
		t.Fatal(err)
	}
	defer stopUp(t, u)
	time.Sleep(2 * time.Second)
	stop()
	sending.Wait()
	if acknowledged.Load() == 0 || again.Load() == 0 {
		t.Fatalf("%d events acknowledged, %d batches sent again: nothing was tested", acknowledged.Load(), again.Load())
	}
	until(t, 2*time.Minute, "the store is behind", func() bool { return !u.behind(t.Context()) })
	want := fmt.Sprint(acknowledged.Load())
	if got := number(t, u.store, "process | count"); got != want {
		t.Errorf("%s events are stored, %s were acknowledged", got, want)
	}
	if got := number(t, u.store, "process | distinct metadata.uid | count"); got != want {
		t.Errorf("%s different events are stored, %s were acknowledged", got, want)
	}
	t.Logf("%s events, %d batches sent again", want, again.Load())
}

// send sends as a sensor with a spool does, until ctx ends and what it began is acknowledged.
func send(ctx context.Context, t *testing.T, hub string, p enroll.Proof, acknowledged, again *atomic.Int64) {
	h, err := enroll.Hold(ctx, enroll.Options{Hub: enroll.Hub{URL: hub}, Proof: func() (enroll.Proof, error) { return p, nil }})
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		t.Error(err)
		return
	}
	l, err := link.Dial(link.Options{Gate: h.Gate(), Identity: h.Identity})
	if err != nil {
		t.Error(err)
		return
	}
	defer l.Close()
	for n := uint64(1); ctx.Err() == nil; n++ {
		const each = 20
		uids := make([]string, each)
		for i := range uids {
			uids[i] = fmt.Sprintf("%s-%d-%d", p.Node, n, i)
		}
		batch := rowsOf(t, event.ClassProcess, uids...)
		for try := 0; ; try++ {
			// What was begun is brought to its end: the hub may have it.
			err := l.Send(context.WithoutCancel(ctx), peer.Events, "epoch", n, batch)
			if err == nil {
				acknowledged.Add(each)
				break
			}
			if errors.Is(err, link.ErrRefused) {
				t.Errorf("%s %d: %v", p.Node, n, err)
				return
			}
			if try == 0 {
				again.Add(1)
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
}

// killGateChild runs a hub and kills it some time after it began to serve.
func killGateChild(t *testing.T, dir, api, gate string, after time.Duration) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "-test.run=^TestGateChild$", "-test.v")
	cmd.Env = append(os.Environ(), gateChildData+"="+dir, gateChildAPI+"="+api, gateChildGate+"="+gate)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var said []string
	for scan := bufio.NewScanner(out); scan.Scan(); {
		said = append(said, scan.Text())
		if scan.Text() == "serves" {
			time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
		}
	}
	if _ = cmd.Wait(); cmd.ProcessState.Exited() { // a killed process did not exit
		t.Fatalf("the hub ended by itself:\n%s", strings.Join(said, "\n"))
	}
}
