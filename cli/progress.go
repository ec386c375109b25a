package cli

import (
	"fmt"
	"io"
	"time"

	"github.com/lynceus-io/lynceus/cli/output"
	"github.com/lynceus-io/lynceus/hub"
)

// progress shows on one line of a terminal how far a scan has come. The line
// appears after a moment, so that a short scan shows none.
type progress struct {
	w     io.Writer
	width int // of the terminal, in columns; 0 means 80
	now   func() time.Time
	start time.Time // of what is read now
	shown time.Time
	past  bool // the baseline is read
	drawn bool
}

// Times between which the line is drawn.
const (
	progressAfter = 400 * time.Millisecond
	progressEvery = 150 * time.Millisecond
)

func newProgress(w io.Writer, width int, now func() time.Time) *progress {
	t := now()
	return &progress{w: w, width: width, now: now, start: t, shown: t.Add(progressAfter - progressEvery)}
}

// update draws the line anew when it is time.
func (p *progress) update(at hub.Progress) {
	if at.Baseline != p.past {
		p.past, p.start = at.Baseline, p.now()
	}
	p.draw(func(elapsed time.Duration) string { return progressText(at, elapsed) })
}

// draw draws a text, given how long it has taken so far, when it is time.
func (p *progress) draw(text func(elapsed time.Duration) string) {
	now := p.now()
	if now.Sub(p.shown) < progressEvery {
		return
	}
	p.shown, p.drawn = now, true
	width := p.width
	if width == 0 {
		width = 80
	}
	fmt.Fprint(p.w, "\r\x1b[K"+output.Fit(text(now.Sub(p.start)), max(width-1, 20)))
}

// clear takes the line away.
func (p *progress) clear() {
	if p.drawn {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.drawn = false
	}
}

// progressText says how far a scan has come after some time.
func progressText(at hub.Progress, elapsed time.Duration) string {
	what := "Reading"
	if at.Baseline {
		what = "Learning"
	}
	rate := float64(at.Read) / max(elapsed.Seconds(), 0.001)
	if at.Total <= 0 || at.Read > at.Total {
		return fmt.Sprintf("%s  %s  %s events  %s/s", what, output.Size(float64(at.Read)), output.Number(at.Events), output.Size(rate))
	}
	text := fmt.Sprintf("%s %3d %%  %s of %s  %s/s", what, at.Read*100/at.Total, output.Size(float64(at.Read)), output.Size(float64(at.Total)), output.Size(rate))
	if at.Read > 0 {
		left := time.Duration(float64(elapsed) * float64(at.Total-at.Read) / float64(at.Read))
		text += "  " + output.Duration(left) + " left"
	}
	return text
}
