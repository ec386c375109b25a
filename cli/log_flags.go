package cli

import (
	"github.com/spf13/pflag"

	"github.com/lynceus-io/lynceus/collect/journal"
	"github.com/lynceus-io/lynceus/hub"
)

// logFlags are the flags of up about logs of nodes, components and containers.
type logFlags struct {
	paths    []string
	journals []string
	node     string
}

func (f *logFlags) register(s *pflag.FlagSet) {
	s.StringArrayVar(&f.paths, "logs", nil, "follow the log of text `PATH`, of a node, a component or containers: a file, a directory or a pattern (repeatable)")
	s.StringArrayVar(&f.journals, "journal", nil, "follow the files of systemd's journal at `PATH`, as /var/log/journal: a directory or one file; or read what journalctl --follow --output export, or json, writes to a named pipe, or to standard input for - (repeatable)")
	s.StringVar(&f.node, "logs-node", "", "`NAME` of the node whose those logs are; this host's where it is not given")
}

func (f *logFlags) given() bool { return len(f.paths)+len(f.journals) > 0 }

// set sets what the flags say.
func (f *logFlags) set(o *hub.UpOptions) error {
	o.Logs, o.LogNode = f.paths, f.node
	if f.node == "" && len(f.paths) > 0 {
		o.LogNode = hostname()
	}
	once := false
	for _, path := range f.journals {
		if path == "-" && once {
			return &usageError{"--journal - is given twice"}
		}
		once = once || path == "-"
		o.Journals = append(o.Journals, journal.Options{Path: path})
	}
	return nil
}
