//go:build linux

package sensorcmd

import (
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lynceus-io/lynceus/bus/peer"
	"github.com/lynceus-io/lynceus/collect/sensor"
)

// captures have more told of one container or pod at a time, for a while.
type captures struct {
	now   func() time.Time
	begin func(*sensor.Capture) error // nil ends
	ended func(c *capture, why string)

	mu      sync.Mutex
	current atomic.Pointer[capture]
}

// capture is one under way.
type capture struct {
	peer.CaptureOf
	uid         string
	began       time.Time
	until       time.Time
	rows, bytes atomic.Int64
	over        *time.Timer
	full        sync.Once
}

// obey begins a capture, or ends the one that there is.
func (c *captures) obey(of peer.CaptureOf) (*peer.Capturing, error) {
	if of.Seconds == 0 {
		was := c.current.Load()
		if was == nil {
			return nil, errors.New("there is no capture")
		}
		c.end(was, "somebody ended it")
		return was.state(), nil
	}
	switch {
	case of.Seconds < 0 || of.Seconds > peer.MaxCaptureSeconds:
		return nil, fmt.Errorf("%d seconds: give 1 to %d", of.Seconds, peer.MaxCaptureSeconds)
	case of.Bytes < 0 || of.Bytes > peer.MaxCaptureBytes:
		return nil, fmt.Errorf("%d bytes: give at most %d", of.Bytes, peer.MaxCaptureBytes)
	case (of.Container == "") == (of.PodUID == ""):
		return nil, errors.New("give a container or a pod")
	}
	if of.Bytes == 0 {
		of.Bytes = peer.DefaultCaptureBytes
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if was := c.current.Load(); was != nil {
		return nil, fmt.Errorf("capture %s runs until %s; end it first", was.uid, was.until.UTC().Format(time.RFC3339))
	}
	life := time.Duration(of.Seconds) * time.Second
	one := &capture{CaptureOf: of, uid: rand.Text(), began: c.now(), until: c.now().Add(life)}
	if err := c.begin(&sensor.Capture{UID: one.uid, Container: of.Container, PodUID: of.PodUID}); err != nil {
		return nil, err
	}
	one.over = time.AfterFunc(life, func() { c.end(one, "its time is over") })
	c.current.Store(one)
	return one.state(), nil
}

// end ends a capture, if it is the one that there is.
func (c *captures) end(one *capture, why string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.current.CompareAndSwap(one, nil) {
		return
	}
	one.over.Stop()
	if err := c.begin(nil); err != nil {
		why += "; what it had told besides is told on: " + err.Error()
	}
	c.ended(one, why)
}

// count counts a row of a capture. It does not wait.
func (c *captures) count(uid string, bytes int) {
	one := c.current.Load()
	if one == nil || one.uid != uid {
		return
	}
	one.rows.Add(1)
	if one.bytes.Add(int64(bytes)) > one.Bytes {
		one.full.Do(func() { go c.end(one, "its bytes are used up") })
	}
}

// close ends what there is.
func (c *captures) close() {
	if one := c.current.Load(); one != nil {
		c.end(one, "the sensor ends")
	}
}

func (c *capture) state() *peer.Capturing {
	return &peer.Capturing{UID: c.uid, Until: c.until.UTC(), Rows: c.rows.Load(), Bytes: c.bytes.Load()}
}

// String says what became of a capture.
func (c *capture) String() string {
	of := "container " + c.Container
	if c.Container == "" {
		of = "pod " + c.PodUID
	}
	return fmt.Sprintf("capture %s of %s: %d rows, %d bytes", c.uid, of, c.rows.Load(), c.bytes.Load())
}
