package audit

import (
	"strings"

	"github.com/lynceus-io/lynceus/event"
)

// parameters sets what the query of the URI says.
func (f *filler) parameters() {
	uri := event.HTTPRequestURLPath.Get(f.e)
	if strings.IndexByte(uri, '?') >= 0 && strings.Contains(uri, "dryRun=All") || f.dryRunBody() {
		event.AuditDryRun.Set(f.e, true)
	}
	if event.ResourceType.Get(f.e) != "pods" {
		return
	}
	switch event.ResourceSubresource.Get(f.e) {
	case "exec", "attach":
		f.exec(uri)
	case "log":
		f.container(uri)
	}
}

// dryRunBody reports whether the options in the body of a deletion say that
// nothing is to be changed.
func (f *filler) dryRunBody() bool {
	if !f.d.has(inRequestDryRun) || !strings.HasPrefix(event.APIOperation.Get(f.e), "delete") {
		return false
	}
	for _, l := range f.d.values.Leaves(int(inRequestDryRun)) {
		if string(l.Text) == "All" {
			return true
		}
	}
	return false
}

// exec sets what is to run, in which container, and whether somebody types.
// Where a parameter other than command comes again, the first one counts, as
// it does for the API server.
func (f *filler) exec(uri string) {
	var container, stdin, tty *string
	for q := queryOf(uri); ; {
		name, value, ok := q.next()
		if !ok {
			break
		}
		switch unescapeQuery(f.a, name) {
		case "command":
			event.AuditExecCommand.Append(f.e, unescapeQuery(f.a, value))
		case "container":
			container = firstOf(container, value)
		case "stdin":
			stdin = firstOf(stdin, value)
		case "tty":
			tty = firstOf(tty, value)
		}
	}
	if words := event.AuditExecCommand.Get(f.e); len(words) > 0 {
		event.AuditExecCommandLine.Set(f.e, f.join(words))
	}
	if container != nil {
		event.AuditExecContainer.Set(f.e, unescapeQuery(f.a, *container))
	}
	event.AuditExecInteractive.Set(f.e, stdin != nil && isTrue(*stdin) || tty != nil && isTrue(*tty))
}

// container sets the container whose log was asked for.
func (f *filler) container(uri string) {
	for q := queryOf(uri); ; {
		name, value, ok := q.next()
		if !ok {
			return
		}
		if name == "container" {
			event.AuditExecContainer.Set(f.e, unescapeQuery(f.a, value))
			return
		}
	}
}

// join returns words with blanks between them.
func (f *filler) join(words []string) string {
	if len(words) == 1 {
		return words[0]
	}
	n := len(words)
	for _, w := range words {
		n += len(w)
	}
	line := f.a.grow(n)
	for i, w := range words {
		if i > 0 {
			line = append(line, ' ')
		}
		line = append(line, w...)
	}
	return alias(f.a.keep(line))
}

func firstOf(seen *string, value string) *string {
	if seen != nil {
		return seen
	}
	return &value
}
