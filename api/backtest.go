package api

import (
	"context"
	"time"

	"github.com/lynceus-io/lynceus/api/problem"
	"github.com/lynceus-io/lynceus/detect/backtest"
	"github.com/lynceus-io/lynceus/kql/scope"
	"github.com/lynceus-io/lynceus/rule"
)

// Backtester judges stored events by rules and says what these would have
// found. It stops at the bounds of what is asked, and when ctx ends.
type Backtester func(ctx context.Context, b Backtest) (*backtest.Result, error)

// Backtest is what a Backtester is asked.
type Backtest struct {
	// Rules are tried; All are the rules that correlations among them may refer
	// to.
	Rules, All []*rule.Rule
	// Since and Until bound the events, Until excluded and zero for now.
	Since, Until time.Time
	// Learn is for how long before Since what is usual is learned.
	Learn time.Duration
	// Scope is what whoever asks may see.
	Scope scope.Scope
	// MaxBytes and Timeout end it early, with what was judged until then.
	MaxBytes int64
	Timeout  time.Duration
	// Progress is called now and then with how many events were judged, and
	// how many there are, estimated.
	Progress func(events, total int64)
}

// BacktestDocument is the body of a backtest.
type BacktestDocument struct {
	// Rules are ids or names of rules that run here; Text is that of a file of
	// rules, Sigma's or Falco's, all of which are tried. At least one of both
	// is needed.
	Rules []string `json:"rules,omitempty"`
	Text  string   `json:"text,omitempty"`
	// Since is how long ago events may be, From and To bound them by time
	// instead; a day unless given.
	Since string    `json:"since,omitempty"`
	From  time.Time `json:"from,omitzero"`
	To    time.Time `json:"to,omitzero"`
	// Learn is for how long before that what is usual is learned: "7d".
	Learn    string `json:"learn,omitempty"`
	MaxBytes int64  `json:"max_bytes,omitempty"`
	Timeout  string `json:"timeout,omitempty"`
}

// BacktestAnswer is what came of a backtest.
type BacktestAnswer struct {
	Result *backtest.Result `json:"result"`
	// Notes say what of the given text is not run, or perhaps not as it was meant.
	Notes []string `json:"notes"`
}

// BacktestLine is a line of a streamed backtest: progress, again and again,
// and then a result or an error. A stream without either broke off.
type BacktestLine struct {
	Type     string            `json:"type"` // "progress", "result" or "error"
	Progress *BacktestProgress `json:"progress,omitempty"`
	Answer   *BacktestAnswer   `json:"answer,omitempty"`
	Error    *problem.Problem  `json:"error,omitempty"`
}

// BacktestProgress says how far a backtest has come.
type BacktestProgress struct {
	Events    int64 `json:"events"` // judged so far
	Total     int64 `json:"total"`  // an estimate; 0 until there is one
	ElapsedMs int64 `json:"elapsed_ms"`
}
