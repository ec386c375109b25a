//go:build cgo

package hub

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/bus/enroll"
)

// What a sensor that is a process of its own is told by its environment.
const (
	sensorChildHub   = "LYNCEUS_TEST_SENSOR_HUB"
	sensorChildToken = "LYNCEUS_TEST_SENSOR_TOKEN"
	sensorChildNode  = "LYNCEUS_TEST_SENSOR_NODE"
	sensorChildDir   = "LYNCEUS_TEST_SENSOR_DIR"
)

// TestFaultSensorChild is a sensor that says what it keeps, until it is killed, or until its input ends and the hub has all
// that it kept. It is the other half of TestFaultSensorKilled and TestFaultNetworkCut.
func TestFaultSensorChild(t *testing.T) {
	hub := os.Getenv(sensorChildHub)
	if hub == "" {
		t.Skip("the other half of TestFaultSensorKilled")
	}
	node := os.Getenv(sensorChildNode)
	s, err := startSensor(sensorOptions{
		hub: hub, node: node, dir: os.Getenv(sensorChildDir), proof: enroll.Proof{Token: os.Getenv(sensorChildToken), Node: node},
		kept: func(life int64, n int) { fmt.Printf("kept %d %d\n", life, n) },
	})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("found %d\n", s.found.Batches)
	_, _ = io.Copy(io.Discard, os.Stdin)
	if err := s.end(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// sensorChild is such a process.
type sensorChild struct {
	cmd     *exec.Cmd
	stdin   io.WriteCloser
	reading sync.WaitGroup

	mu    sync.Mutex
	kept  map[int64]int // by life
	found int           // batches that its spool had when it began
	said  []string
}

// startSensorChild starts one; prefix are words before its command line.
func startSensorChild(t *testing.T, o sensorOptions, prefix ...string) *sensorChild {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	words := append(prefix, self, "-test.run=^TestFaultSensorChild$", "-test.timeout=0")
	c := &sensorChild{cmd: exec.Command(words[0], words[1:]...), kept: map[int64]int{}}
	c.cmd.Env = append(os.Environ(), sensorChildHub+"="+o.hub, sensorChildToken+"="+o.proof.Token, sensorChildNode+"="+o.node, sensorChildDir+"="+o.dir)
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if c.stdin, err = c.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c.reading.Go(func() {
		for scan := bufio.NewScanner(out); scan.Scan(); {
			c.hear(scan.Text())
		}
	})
	t.Cleanup(func() { c.kill() })
	return c
}

func (c *sensorChild) hear(line string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var life int64
	var n int
	if got, _ := fmt.Sscanf(line, "kept %d %d", &life, &n); got == 2 {
		c.kept[life] = n
		return
	}
	if got, _ := fmt.Sscanf(line, "found %d", &n); got == 1 {
		c.found = n
		return
	}
	c.said = append(c.said, line)
}

// events is how many events the sensor says it keeps, or has kept.
func (c *sensorChild) events() (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, k := range c.kept {
		n += k
	}
	return n
}

func (c *sensorChild) kill() {
	_ = c.cmd.Process.Kill()
	c.reading.Wait()
	_ = c.cmd.Wait()
}

// end has the sensor make no more events, and waits until the hub has all and it ended.
func (c *sensorChild) end(t *testing.T) {
	t.Helper()
	_ = c.stdin.Close()
	c.reading.Wait()
	if err := c.cmd.Wait(); err != nil {
		t.Fatalf("the sensor ended with %v:\n%s", err, strings.Join(c.said, "\n"))
	}
}

// keptThere holds that what sensors kept is found: of each life, from the first event on, at least as many as it said, and
// no event twice.
func keptThere(t *testing.T, u *Up, kept map[int64]int) {
	t.Helper()
	n := map[string]int{}
	until(t, 3*time.Minute, "not all that sensors kept is found", func() bool {
		clear(n)
		rows, _ := answerOf(t, u.store, hunt.Request{KQL: "union process, file | summarize n = count() by k8s.pod"})
		for _, row := range rows {
			var of int
			_, _ = fmt.Sscan(row["n"], &of)
			n[row["k8s.pod"]] = of
		}
		for life, least := range kept {
			if n[fmt.Sprint(life)] < least {
				return false
			}
		}
		return true
	})
	if twice := number(t, u.store, "union process, file | summarize n = count() by metadata.uid | where n > 1 | count"); twice != "0" {
		t.Errorf("%s events are there more than once", twice)
	}
	if len(n) != len(kept) {
		t.Errorf("there are events of %d lives, and there were %d", len(n), len(kept))
	}
	all, least := 0, 0
	for _, of := range n {
		all += of
	}
	for _, of := range kept {
		least += of
	}
	t.Logf("%d events of %d lives were kept, %d are found, each once; %d batches came again", least, len(kept), all, u.consumer.Counts.Resent.Load())
}
