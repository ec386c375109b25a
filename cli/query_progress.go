package cli

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/cli/output"
)

// queryProgress shows on one line of a terminal how far an answer has come,
// until the first row is written. The zero value shows nothing.
type queryProgress struct {
	w     io.Writer
	width int
	start time.Time
	now   func() time.Time

	mu     sync.Mutex
	answer hunt.Answer
	drawn  bool
	over   bool
	stop   chan struct{}
}

func (a *app) newQueryProgress(quiet bool) *queryProgress {
	fd, ok := terminal(a.stderr)
	if !ok || quiet {
		return &queryProgress{over: true}
	}
	width := terminalWidth(fd)
	if width == 0 {
		width = 80
	}
	p := &queryProgress{w: a.stderr, width: max(width-1, 20), start: a.now(), now: a.now, stop: make(chan struct{})}
	go p.run()
	return p
}

func (p *queryProgress) run() {
	after := time.NewTimer(progressAfter)
	defer after.Stop()
	select {
	case <-p.stop:
		return
	case <-after.C:
	}
	t := time.NewTicker(progressEvery)
	defer t.Stop()
	for {
		p.draw()
		select {
		case <-p.stop:
			return
		case <-t.C:
		}
	}
}

func (p *queryProgress) draw() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over {
		return
	}
	var at hunt.Progress
	if p.answer != nil {
		at = p.answer.Progress()
	}
	text := fmt.Sprintf("Asking  %s", output.Duration(p.now().Sub(p.start)))
	if at.ScannedBytes > 0 {
		text += "  " + output.Size(float64(at.ScannedBytes)) + " scanned"
	}
	if at.ScannedRows > 0 {
		text += "  " + output.Number(at.ScannedRows) + " events"
	}
	if at.Rows > 0 {
		text += "  " + output.Number(at.Rows) + " rows"
	}
	p.drawn = true
	fmt.Fprint(p.w, "\r\x1b[K"+output.Fit(text+"  (Ctrl-C cancels)", p.width))
}

// watch shows the progress of an answer from now on.
func (p *queryProgress) watch(a hunt.Answer) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answer = a
}

// end takes the line away for good. It may be called more than once.
func (p *queryProgress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over {
		return
	}
	p.over = true
	close(p.stop)
	if p.drawn {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}

// clearing takes the progress away before something is written over it.
type clearing struct {
	w    io.Writer
	show *queryProgress
}

// Write implements io.Writer.
func (c clearing) Write(b []byte) (int, error) {
	c.show.end()
	return c.w.Write(b)
}

// summary says below an answer how it came to be, where somebody watches.
func (a *app) summary(quiet bool, at hunt.Progress, rows int64) {
	if _, ok := terminal(a.stderr); !ok || quiet {
		return
	}
	text := output.Number(rows) + " rows"
	if rows == 1 {
		text = "1 row"
	}
	text += " in " + output.Duration(at.Elapsed)
	if at.ScannedBytes > 0 {
		text += ", " + output.Size(float64(at.ScannedBytes)) + " scanned"
	}
	fmt.Fprintln(a.stderr, text)
}
