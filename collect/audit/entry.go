package audit

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/event/rawjson"
)

// An entry is what the extractor found in a wrapper.
type entry struct{ v *rawjson.Values }

func (e entry) leaves(p wrapperPlace) []rawjson.Leaf { return e.v.Leaves(int(p)) }

func (e entry) has(p wrapperPlace) bool { return len(e.leaves(p)) > 0 }

// text returns the string at p, as long as the entry is in use.
func (e entry) text(p wrapperPlace) ([]byte, bool) {
	leaves := e.leaves(p)
	if len(leaves) == 0 || leaves[len(leaves)-1].Kind != rawjson.String {
		return nil, false
	}
	return leaves[len(leaves)-1].Text, true
}

// number reports whether there is a number at p, and returns it.
func (e entry) number(p wrapperPlace) (int64, bool) {
	leaves := e.leaves(p)
	if len(leaves) == 0 || leaves[len(leaves)-1].Kind != rawjson.Number {
		return 0, false
	}
	n, err := strconv.ParseInt(string(leaves[len(leaves)-1].Raw), 10, 64)
	return n, err == nil
}

// describe adds what an entry says about the documents in it.
func (u *unwrapper) describe(e entry, w wrapping) wrapping {
	millis, hasMillis := e.number(wrapTimestamp)
	switch {
	case e.has(wrapLogGroup), e.has(wrapLogStream), e.has(wrapLogStreamName), e.has(wrapEventID),
		e.has(wrapID) && hasMillis, e.has(wrapAtMessage), e.has(wrapAWSLogs):
		w.dialect = eks
		if group, ok := e.text(wrapLogGroup); ok {
			w.cluster = eksCluster(group)
		}
	case e.has(wrapProperties), e.has(wrapLogColumn):
		w.dialect = aks
		if id, ok := e.text(wrapResourceID); ok {
			w.cluster = strings.ToLower(string(id)) // Azure tells no case apart
		}
	}
	if hasMillis && millis > 0 && millis < maxMillis {
		w.at = millis * int64(time.Millisecond)
	}
	for _, p := range [...]wrapperPlace{wrapTimestamp, wrapAtTimestamp, wrapTime} {
		if text, ok := e.text(p); ok {
			if at, ok := parseTime(text); ok {
				w.at = at
			}
		}
	}
	return w
}

// maxMillis is the first number of milliseconds that no time in nanoseconds
// stands for.
const maxMillis = math.MaxInt64 / int64(time.Millisecond)

// eksCluster returns the name of the cluster whose log group it is, ""
// where it is another group. EKS names them /aws/eks/NAME/cluster.
func eksCluster(group []byte) string {
	name, ok := bytes.CutPrefix(group, []byte("/aws/eks/"))
	if !ok {
		return ""
	}
	name, ok = bytes.CutSuffix(name, []byte("/cluster"))
	if !ok {
		return ""
	}
	return string(name)
}
