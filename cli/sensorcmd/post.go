//go:build linux

package sensorcmd

import (
	"errors"
)

// post has what rules find posted while run runs. The node is what alerts give as the name of the host.
func (a *app) post(j judging, node string, w *writer, run func() error) (err error) {
	f := j.alerts
	if f.URL != "" && w.judge == nil && !j.hub {
		return usagef("--falco-http posts what rules find; name some with --rules")
	}
	poster, err := f.Start(node)
	if err != nil {
		return &usageError{err}
	}
	if poster == nil {
		return run()
	}
	w.also = poster.Post
	if w.uplink != nil {
		w.uplink.alerts.Store(poster)
	}
	defer func() {
		became, closed := poster.Close()
		err = errors.Join(err, closed)
		a.say("%s", became)
	}()
	return run()
}
