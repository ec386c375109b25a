package hubble

import (
	"strings"

	"github.com/lynceus-io/lynceus/collect/foreign"
	names "github.com/lynceus-io/lynceus/collect/sensor/dns"
	"github.com/lynceus-io/lynceus/event"
)

// maxRCode is the highest code of an answer that has a header of its own (RFC
// 1035); extended ones are above 15.
const maxRCode = 15

// set sets what was asked, and answered.
func (d *dns) set(e *event.Event, answered bool) {
	event.Activity.Set(e, "Query")
	foreign.Text(e, event.QueryHostname, strings.TrimSuffix(d.Query, "."))
	if len(d.QTypes) > 0 {
		event.QueryType.Set(e, d.QTypes[0])
	}
	if !answered {
		return
	}
	event.Activity.Set(e, "Response")
	if d.RCode >= 0 && d.RCode <= maxRCode {
		event.Rcode.Set(e, names.CodeName(uint8(d.RCode)))
	}
	answers := append(append([]string{}, d.IPs...), d.CNames...)
	event.Answers.Set(e, answers)
	event.AnswersCount.Set(e, int64(len(answers)))
}
