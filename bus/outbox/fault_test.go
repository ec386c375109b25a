package outbox

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/bus/gate"
	"github.com/lynceus-io/lynceus/bus/link"
	"github.com/lynceus-io/lynceus/bus/peer"
	"github.com/lynceus-io/lynceus/bus/pki"
	"github.com/lynceus-io/lynceus/bus/spool"
	"github.com/lynceus-io/lynceus/collect/sensor/queue"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/wire"
	"github.com/lynceus-io/lynceus/internal/require"
)

// What a copy of this test is to be, and the directory and address it works with.
const (
	actAs    = "LYNCEUS_TEST_OUTBOX_ACT"
	actDir   = "LYNCEUS_TEST_OUTBOX_DIR"
	actGate  = "LYNCEUS_TEST_OUTBOX_GATE"
	actPause = "LYNCEUS_TEST_OUTBOX_PAUSE" // of a sensor after each hundred events
	asHub    = "hub"
	asSensor = "sensor"
)

func TestMain(m *testing.M) {
	var err error
	switch os.Getenv(actAs) {
	case asHub:
		err = actHub(os.Getenv(actDir))
	case asSensor:
		err = actSensor(os.Getenv(actDir), os.Getenv(actGate))
	default:
		os.Exit(m.Run())
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// The files of a run: the authority's directory, the sensor's certificate, the hub's log of what came.
const (
	authorityDir = "authority"
	identityFile = "identity"
	logFile      = "log"
)

// actHub is a hub that writes what comes to a file and answers when that is on the disk, until it is killed. It says its address.
func actHub(dir string) error {
	a, err := pki.Open(filepath.Join(dir, authorityDir), time.Now)
	if err != nil {
		return err
	}
	log, err := os.OpenFile(filepath.Join(dir, logFile), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	var mu sync.Mutex
	g, err := gate.Open(gate.Options{Listen: "127.0.0.1:0", Authority: a, Take: func(_ context.Context, from peer.Name, lane peer.Lane, b peer.Batch) error {
		if rand.IntN(20) == 0 {
			return &gate.Busy{After: 5 * time.Millisecond, Err: errors.New("a full bus")}
		}
		numbers, err := numbersOf(b.Payload)
		if err != nil {
			return &gate.Refused{Reason: err.Error()}
		}
		mu.Lock()
		defer mu.Unlock()
		if _, err := fmt.Fprintf(log, "%s %s %d %s\n", lane, b.Epoch, b.Sequence, strings.Join(numbers, ",")); err != nil {
			return err
		}
		return log.Sync()
	}})
	if err != nil {
		return err
	}
	fmt.Println(g.Address())
	_, err = io.Copy(io.Discard, os.Stdin) // until the test ends, however it does
	return err
}

// numbersOf returns the numbers of a batch's events.
func numbersOf(batch []byte) (out []string, err error) {
	var d wire.Decoder
	if _, err := d.Open(batch); err != nil {
		return nil, err
	}
	for {
		var e event.Event
		err := d.Next(&e)
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		out = append(out, event.MetadataUID.Get(&e))
	}
}

// actSensor keeps and sends numbered events until it is killed, and says up to which number they are kept.
func actSensor(dir, address string) error {
	text, err := os.ReadFile(filepath.Join(dir, identityFile))
	if err != nil {
		return err
	}
	id, err := pki.ParseIdentity(text)
	if err != nil {
		return err
	}
	l, err := link.Dial(link.Options{Gate: address, Identity: func() (*pki.Identity, error) { return id, nil }})
	if err != nil {
		return err
	}
	b, _, err := Open(Options{Spool: spool.Options{Dir: filepath.Join(dir, "spool")}, Source: "test", Now: time.Now})
	if err != nil {
		return err
	}
	go func() { _ = b.Run(context.Background(), l, func(error) {}) }()
	pause, err := time.ParseDuration(os.Getenv(actPause))
	if err != nil {
		return err
	}
	var e event.Event
	first := time.Now().UnixNano()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	for n := first; ; n++ {
		e.Reset([]event.Class{event.ClassProcess, event.ClassFinding, event.ClassHealth}[min(int(n%20), 2)])
		event.MetadataUID.Set(&e, fmt.Sprint(n))
		event.ContainerUID.Set(&e, fmt.Sprint("c", n%3))
		event.Message.Set(&e, strings.Repeat("x", int(n%500)))
		if err := b.Put(queue.Of(&e), wire.AppendEvent(nil, &e)); err != nil {
			return err
		}
		if n%100 == 0 {
			if err := b.sealAll(0); err != nil {
				return err
			}
			fmt.Printf("%d %d\n", first, n)
			time.Sleep(pause)
		}
	}
}

func TestFaults(t *testing.T) { faults(t, 8, 0, 2*time.Millisecond) }

func TestSoakFaults(t *testing.T) {
	require.Soak(t)
	faults(t, 150, 10*time.Minute, 50*time.Millisecond) // a third of them kills of the hub
}

// child is a copy of this test at work.
type child struct {
	cmd   *exec.Cmd
	stdin io.Closer
	lines *bufio.Scanner
}

func start(t *testing.T, as, dir, address string) *child {
	t.Helper()
	c := &child{cmd: exec.Command(os.Args[0])}
	c.cmd.Env = append(os.Environ(), actAs+"="+as, actDir+"="+dir, actGate+"="+address)
	c.cmd.Stderr = os.Stderr
	stdin, err := c.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c.stdin, c.lines = stdin, bufio.NewScanner(out)
	t.Cleanup(c.kill)
	return c
}

func (c *child) kill() {
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait()
}

// network is the network between sensor and hub, which can be cut.
type network struct {
	listener net.Listener
	hub      atomic.Pointer[string]

	mu    sync.Mutex
	cut   bool
	conns map[net.Conn]bool
}

func newNetwork(t *testing.T) *network {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n := &network{listener: l, conns: map[net.Conn]bool{}}
	t.Cleanup(func() {
		_ = l.Close()
		n.setCut(true)
	})
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go n.carry(c)
		}
	}()
	return n
}

// setCut cuts all connections and lets no more through, or lets them.
func (n *network) setCut(cut bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.cut = cut
	for c := range n.conns {
		if cut {
			_ = c.Close()
		}
	}
}

func (n *network) carry(c net.Conn) {
	defer c.Close()
	to := n.hub.Load()
	if to == nil {
		return
	}
	d, err := net.Dial("tcp", *to)
	if err != nil {
		return
	}
	defer d.Close()
	n.mu.Lock()
	if n.cut {
		n.mu.Unlock()
		return
	}
	n.conns[c], n.conns[d] = true, true
	n.mu.Unlock()
	go func() {
		_, _ = io.Copy(c, d)
		_, _ = c.Close(), d.Close()
	}()
	_, _ = io.Copy(d, c)
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.conns, c)
	delete(n.conns, d)
}

// faults kills hub and sensor and cuts the network between them, in turn and for random times. What the sensor kept is at the
// hub at the end, once. The network is cut for so long once, besides, and the sensor pauses after each hundred events.
func faults(t *testing.T, rounds int, long, each time.Duration) {
	t.Setenv(actPause, each.String())
	dir := t.TempDir()
	authority, err := pki.Open(filepath.Join(dir, authorityDir), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	request, err := pki.NewRequest()
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := authority.Issue([]byte(request.PEM), peer.Name{Kind: peer.Sensor, ClusterUID: "u1", Node: "n1"})
	if err != nil {
		t.Fatal(err)
	}
	id, err := request.Identity(peer.Issued{Certificate: certificate, Authorities: authority.Authorities()})
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, identityFile), id.Encode(), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}

	wires := newNetwork(t)
	var hub, sensor *child
	startHub := func() {
		hub = start(t, asHub, dir, "")
		if !hub.lines.Scan() {
			t.Fatal("the hub said no address")
		}
		address := hub.lines.Text()
		wires.hub.Store(&address)
	}
	var mu sync.Mutex
	kept := map[int64]int64{} // the last number by the first
	var reading sync.WaitGroup
	startSensor := func() {
		sensor = start(t, asSensor, dir, wires.listener.Addr().String())
		lines := sensor.lines
		reading.Go(func() {
			for lines.Scan() {
				var first, last int64
				if n, _ := fmt.Sscan(lines.Text(), &first, &last); n == 2 {
					mu.Lock()
					kept[first] = last
					mu.Unlock()
				}
			}
		})
	}
	pause := func(most int) { time.Sleep(time.Duration(50+rand.IntN(most)) * time.Millisecond) }
	startHub()
	startSensor()
	for i := range rounds {
		pause(400)
		switch i % 3 {
		case 0:
			hub.kill()
			pause(300)
			startHub()
		case 1:
			sensor.kill()
			startSensor()
		case 2:
			wires.setCut(true)
			pause(1000)
			wires.setCut(false)
		}
	}
	wires.setCut(true)
	time.Sleep(long)
	wires.setCut(false)
	pause(500)
	sensor.kill()
	reading.Wait()

	// One more takes along what is left.
	l, err := link.Dial(link.Options{Gate: wires.listener.Addr().String(), Identity: func() (*pki.Identity, error) { return id, nil }})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	b, found, err := Open(Options{Spool: spool.Options{Dir: filepath.Join(dir, "spool")}, Source: "test", Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 5*time.Minute)
	defer stop()
	ran := make(chan error, 1)
	go func() { ran <- b.Run(ctx, l, func(err error) { t.Log(err) }) }()
	if err := b.Drain(ctx); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(b.Close(), <-ran); err != nil {
		t.Fatal(err)
	}
	hub.kill()
	checkLog(t, filepath.Join(dir, logFile), kept)
	t.Logf("at the end %d batches waited", found.Batches)
}

// checkLog reads what came to the hub as a store does: what is at or below the highest number of its lane and epoch came before.
func checkLog(t *testing.T, path string, kept map[int64]int64) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	highest, count := map[string]uint64{}, map[int64]int{}
	repeated := 0
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var lane, epoch, numbers string
		var sequence uint64
		if n, _ := fmt.Sscan(lines.Text(), &lane, &epoch, &sequence, &numbers); n != 4 {
			t.Logf("cut off: %.80q", lines.Text()) // its writer was killed, and gave no answer
			continue
		}
		if sequence <= highest[lane+epoch] {
			repeated++
			continue
		}
		highest[lane+epoch] = sequence
		for number := range strings.SplitSeq(numbers, ",") {
			var n int64
			_, _ = fmt.Sscan(number, &n)
			count[n]++
		}
	}
	total := 0
	for first, last := range kept {
		for n := first; n <= last; n++ {
			total++
			if count[n] != 1 {
				t.Fatalf("event %d of %d to %d came %d times", n, first, last, count[n])
			}
		}
	}
	for n, times := range count {
		if times != 1 {
			t.Errorf("event %d came %d times", n, times)
		}
	}
	if total == 0 {
		t.Error("nothing was kept")
	}
	t.Logf("%d events of %d sensors kept and stored once each, %d batches repeated", total, len(kept), repeated)
}
