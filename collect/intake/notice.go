package intake

import (
	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/collect/foreign"
)

// NoticeName is log.name and metadata.log_provider of the rows by which a way
// of intake tells what was done to a log that it follows.
const NoticeName = "lynceus"

// OpenNotices returns what decodes documents of such rows, redacted as all else.
func OpenNotices(o audit.LiveOptions, notice foreign.Format) (*audit.Live, error) {
	set, err := foreign.NewSet(notice)
	if err != nil {
		return nil, err
	}
	o.Formats, o.Wrap = set, nil
	return audit.NewLive(o)
}
