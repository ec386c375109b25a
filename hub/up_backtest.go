package hub

import (
	"context"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/detect/backtest"
	"github.com/lynceus-io/lynceus/detect/exclude"
	"github.com/lynceus-io/lynceus/hub/past"
)

// serverWindow is past.Options.Bytes inside a server, which has other things
// to keep in memory.
const serverWindow = 16 << 20

// backtester tries rules on the store here; nil where there is none.
func (u *Up) backtester() api.Backtester {
	if u.store == nil {
		return nil
	}
	return func(ctx context.Context, b api.Backtest) (*backtest.Result, error) {
		return Backtest(ctx, BacktestOptions{
			Lake: u.store.lake, Rules: b.Rules, All: b.All, Since: b.Since, Until: b.Until, Learn: b.Learn, Inside: u.o.Inside, Feeds: u.o.Feeds,
			Exclusions: append([]exclude.Exclusion{}, u.exclusions.List()...), Now: u.o.Now(), Scope: b.Scope, MaxBytes: b.MaxBytes, Timeout: b.Timeout, WindowBytes: serverWindow,
			Progress: func(p past.Progress) { b.Progress(p.Events, p.Total) },
		})
	}
}
