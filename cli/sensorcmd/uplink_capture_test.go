//go:build linux

package sensorcmd

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/bus/peer"
	"github.com/lynceus-io/lynceus/collect/sensor"
)

// A capture ends by its time, its bytes or on demand, and there is one at a time.
func TestCaptures(t *testing.T) {
	begun := make(chan string, 10) // capture that began, "" for none
	ended := make(chan string, 10)
	var fails error
	c := &captures{now: time.Now, begin: func(c *sensor.Capture) error {
		switch {
		case fails != nil:
			return fails
		case c == nil:
			begun <- ""
		default:
			begun <- c.Container + c.PodUID
		}
		return nil
	}, ended: func(_ *capture, why string) { ended <- why }}
	awaits := func(from chan string, want string) {
		t.Helper()
		select {
		case got := <-from:
			if got != want {
				t.Errorf("%q, want %q", got, want)
			}
		case <-time.After(2 * time.Minute):
			t.Fatalf("%q did not come", want)
		}
	}
	for _, of := range []peer.CaptureOf{
		{Seconds: 1}, {Container: "c", PodUID: "p", Seconds: 1}, {Container: "c", Seconds: -1}, {Container: "c", Seconds: peer.MaxCaptureSeconds + 1},
		{Container: "c", Seconds: 1, Bytes: -1}, {Container: "c", Seconds: 1, Bytes: peer.MaxCaptureBytes + 1}, {},
	} {
		if is, err := c.obey(of); err == nil {
			t.Errorf("%+v: %+v", of, is)
		}
	}
	begin := func(of peer.CaptureOf) *peer.Capturing {
		t.Helper()
		is, err := c.obey(of)
		if err != nil {
			t.Fatal(err)
		}
		awaits(begun, of.Container+of.PodUID)
		return is
	}
	begin(peer.CaptureOf{Container: "c", Seconds: 1})
	awaits(begun, "")
	awaits(ended, "its time is over")

	is := begin(peer.CaptureOf{PodUID: "p", Seconds: 600, Bytes: 100})
	if _, err := c.obey(peer.CaptureOf{Container: "c", Seconds: 1}); err == nil || !strings.Contains(err.Error(), is.UID) {
		t.Errorf("two at a time: %v", err)
	}
	c.count("another", 1000)
	c.count(is.UID, 60)
	c.count(is.UID, 60)
	awaits(begun, "")
	awaits(ended, "its bytes are used up")

	is = begin(peer.CaptureOf{Container: "c", Seconds: 600})
	c.count(is.UID, 60)
	if was, err := c.obey(peer.CaptureOf{}); err != nil || was.UID != is.UID || was.Rows != 1 || was.Bytes != 60 {
		t.Errorf("%+v, %v", was, err)
	}
	awaits(begun, "")
	awaits(ended, "somebody ended it")
	c.close()
	fails = errors.New("no such hooks")
	if _, err := c.obey(peer.CaptureOf{Container: "c", Seconds: 1}); !errors.Is(err, fails) || c.current.Load() != nil {
		t.Errorf("%v", err)
	}
}
