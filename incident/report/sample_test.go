package report_test

import (
	"github.com/lynceus-io/lynceus/incident/report"
	"github.com/lynceus-io/lynceus/internal/sample"
)

func samples() map[string]*report.Result {
	return map[string]*report.Result{"full": sample.Full(), "quiet": sample.Quiet(), "empty": {}}
}
