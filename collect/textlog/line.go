package textlog

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// line is what a line says.
type line struct {
	time     time.Time // zero where it says none
	severity string
	program  string // that wrote it
	host     string
	message  string
}

// clock is what times without a year or zone are read by.
type clock struct {
	now  func() time.Time
	zone *time.Location
}

// container reads a line of a container's log: what the runtime wrote before
// it, and then what the program wrote.
func (c *clock) container(text string) line {
	if l, ok := docker(text); ok {
		return l
	}
	// TIME stdout|stderr F|P MESSAGE, see
	// https://github.com/kubernetes/design-proposals-archive/blob/main/node/kubelet-cri-logging.md
	parts := strings.SplitN(text, " ", 4)
	if len(parts) >= 3 && (parts[1] == "stdout" || parts[1] == "stderr") {
		if at, err := time.Parse(time.RFC3339Nano, parts[0]); err == nil {
			l := line{time: at}
			if len(parts) == 4 {
				l.message = parts[3]
			}
			return l
		}
	}
	return line{message: text}
}

// docker reads a line of Docker's log driver json-file.
func docker(text string) (l line, ok bool) {
	if !strings.HasPrefix(text, "{") {
		return l, false
	}
	var x struct {
		Log    *string `json:"log"`
		Stream string  `json:"stream"`
		Time   string  `json:"time"`
	}
	if json.Unmarshal([]byte(text), &x) != nil || x.Log == nil || x.Stream == "" {
		return l, false
	}
	l.message = strings.TrimSuffix(*x.Log, "\n")
	l.time, _ = time.Parse(time.RFC3339Nano, x.Time)
	return l, true
}

// written reads what a program wrote, by the first form that it has.
func (c *clock) written(text string) line {
	for _, form := range []func(string) (line, bool){c.klog, c.syslog, object, logfmt} {
		if l, ok := form(text); ok {
			return l
		}
	}
	return line{message: text}
}

// klog reads Kubernetes' own form: I1122 21:49:23.123456 1234 file.go:12] message.
func (c *clock) klog(text string) (l line, ok bool) {
	const form = "0102 15:04:05.000000"
	if len(text) < 1+len(form) {
		return l, false
	}
	l.severity, ok = map[byte]string{'I': "INFO", 'W': "WARNING", 'E': "ERROR", 'F': "FATAL"}[text[0]]
	at, err := time.ParseInLocation(form, text[1:1+len(form)], c.zone)
	head, message, found := strings.Cut(text, "] ")
	if !ok || err != nil || !found || !strings.Contains(head[1+len(form):], ":") {
		return line{}, false
	}
	l.time, l.message = c.inYear(at), message
	return l, true
}

// syslog reads both forms that rsyslog writes: Nov 22 21:49:23 host
// program[12]: message, and 2026-11-22T21:49:23.123456+00:00 in its place.
func (c *clock) syslog(text string) (l line, ok bool) {
	var rest string
	if len(text) > len(time.Stamp) && text[len(time.Stamp)] == ' ' {
		if at, err := time.ParseInLocation(time.Stamp, text[:len(time.Stamp)], c.zone); err == nil {
			l.time, rest = c.inYear(at), text[len(time.Stamp)+1:]
		}
	}
	if rest == "" {
		first, after, _ := strings.Cut(text, " ")
		at, err := time.Parse(time.RFC3339Nano, first)
		if err != nil {
			return line{}, false
		}
		l.time, rest = at, after
	}
	host, rest, _ := strings.Cut(rest, " ")
	tag, message, found := strings.Cut(rest, ": ")
	if !found {
		tag, found = strings.CutSuffix(rest, ":")
	}
	if !found || strings.ContainsAny(tag, " \t") || tag == "" || host == "" {
		return line{}, false
	}
	l.program, _, _ = strings.Cut(tag, "[")
	l.host, l.message = host, message
	return l, true
}

// inYear gives a time its year: that of now, unless it would lie in the future.
func (c *clock) inYear(at time.Time) time.Time {
	now := c.now().In(c.zone)
	at = time.Date(now.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), at.Nanosecond(), c.zone)
	if at.Sub(now) > 24*time.Hour {
		return at.AddDate(-1, 0, 0)
	}
	return at
}

// Names that members of structured lines have, by what they say; the first
// that is there counts.
var (
	timeNames     = []string{"time", "ts", "timestamp", "@timestamp"}
	severityNames = []string{"level", "severity", "lvl"}
	messageNames  = []string{"msg", "message"}
	programNames  = []string{"logger", "component"}
)

// object reads a line that is a JSON object.
func object(text string) (line, bool) {
	if !strings.HasPrefix(text, "{") {
		return line{}, false
	}
	var members map[string]json.RawMessage
	if json.Unmarshal([]byte(text), &members) != nil {
		return line{}, false
	}
	return structured(text, func(name string) string {
		var s string
		if json.Unmarshal(members[name], &s) == nil {
			return s
		}
		return string(members[name]) // a number
	})
}

// maxPairs bounds how many members of a line in logfmt are looked at.
const maxPairs = 64

// logfmt reads NAME=VALUE NAME="VALUE" ..., as containerd and Docker write.
func logfmt(text string) (line, bool) {
	members := map[string]string{}
	rest := text
	for range maxPairs {
		name, after, found := strings.Cut(rest, "=")
		if !found || name == "" || strings.ContainsAny(name, " \t\"") {
			break
		}
		var value string
		if quoted, err := strconv.QuotedPrefix(after); err == nil && after[0] == '"' {
			value, _ = strconv.Unquote(quoted)
			rest = strings.TrimPrefix(after[len(quoted):], " ")
		} else {
			value, rest, _ = strings.Cut(after, " ")
		}
		if _, twice := members[name]; !twice {
			members[name] = value
		}
	}
	return structured(text, func(name string) string { return members[name] })
}

// structured reads a line of members; it is one only if it has a message, and
// a time or a severity.
func structured(text string, get func(string) string) (l line, ok bool) {
	one := func(names []string) string {
		for _, n := range names {
			if v := get(n); v != "" {
				return v
			}
		}
		return ""
	}
	l.message, l.severity, l.program = one(messageNames), one(severityNames), one(programNames)
	l.time = moment(one(timeNames))
	if l.message == "" || l.time.IsZero() && l.severity == "" {
		return line{}, false
	}
	if len(l.severity) > maxSeverity {
		l.severity = ""
	}
	return l, true
}

// maxSeverity is how long the word of a severity may be.
const maxSeverity = 32

// moment reads a time as RFC 3339 writes it, or as a number of seconds or
// milliseconds since 1970.
func moment(text string) time.Time {
	if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return at
	}
	n, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil || !(n > 0) || n > 1e14:
		return time.Time{}
	case n > 1e11:
		return time.UnixMilli(int64(n))
	}
	return time.Unix(0, int64(n*1e3)*int64(time.Millisecond))
}
