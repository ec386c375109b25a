package gate

import (
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/lynceus-io/lynceus/bus/internal/natslog"
)

// complaints logs what peers and strangers do wrong. They can make it happen as
// often as they like, so each sort is logged once a second at most.
type complaints struct {
	log *slog.Logger
	now func() time.Time

	mu   sync.Mutex
	said map[string]*complaint
}

// complaint is one sort.
type complaint struct {
	last time.Time
	kept int // that were not logged since
}

// complainEvery is how often one sort of complaint is logged.
const complainEvery = time.Second

// warn logs a warning. what is one of few constant texts.
func (c *complaints) warn(what string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	one := c.said[what]
	if one == nil {
		one = &complaint{}
		c.said[what] = one
	}
	now := c.now()
	if now.Sub(one.last) < complainEvery && !now.Before(one.last) {
		one.kept++
		return
	}
	if one.kept > 0 {
		args = append(args, "unlogged", one.kept)
	}
	c.log.Warn(what, args...)
	one.last, one.kept = now, 0
}

// serverLog is the server's logger. The server tells what it refused in lines
// of its log alone: they are counted here.
type serverLog struct {
	natslog.Log
	gate *Gate
}

// violations stand in the server's lines about what a client may not do
// (client.go and parser.go of nats-server v2.15.2).
var violations = []string{"Publish Violation", "Subscription Violation", "maximum payload", "maximum subscriptions", "maximum control line", "parser ERROR"}

// Errorf counts violations.
func (l *serverLog) Errorf(format string, v ...any) {
	line := fmt.Sprintf(format, v...)
	for _, word := range violations {
		if strings.Contains(strings.ToLower(line), strings.ToLower(word)) {
			l.gate.counts.violations.Add(1)
			l.gate.complaints.warn("a peer does what it may not", "server", line)
			return
		}
	}
	l.gate.complaints.warn("the gate's server reports an error", "server", line)
}

// Warnf logs what the server warns of at its start: choices that are the
// gate's own.
func (l *serverLog) Warnf(format string, v ...any) { l.Debugf(format, v...) }
