package cli

import (
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"
)

// What --sensor can be besides a path.
const (
	sensorAuto = "auto"
	sensorOff  = "off"
)

// streamFlag says to a server that runs without privileges under which number the socket of its sensor is open.
const streamFlag = "sensor-stream"

// upSensor are the flags of up about the node sensor.
type upSensor struct {
	choice, user          string
	policy, node, runtime string // handed on to it
	stream                int
}

func (f *upSensor) register(s *pflag.FlagSet) {
	s.StringVar(&f.choice, "sensor", sensorAuto, "watch what this node's processes do, and give up root's privileges: auto where that can be done, off, or the `PATH` of lynceus-sensor")
	s.StringVar(&f.user, "user", "", "run as `USER[:GROUP]`, names or numbers, once the sensor runs; the owner of the data directory, or 65534:65534 where that is root's")
	s.StringVar(&f.policy, "policy", "", "what the sensor stops, as `FILE` of policies (docs/enforcement.md); nothing where it is not given")
	s.StringVar(&f.node, "node", "", "`NAME` of this node in its cluster; the host's where it is not given")
	s.StringVar(&f.runtime, "runtime", "", "`SOCKET` of this node's container runtime; the first of the usual ones that is there where it is not given")
	s.IntVar(&f.stream, streamFlag, 0, "number of the descriptor by which the sensor's events come")
	s.Lookup(streamFlag).Hidden = true
}

// needed returns the first flag that says something to a sensor, empty when none does.
func (f *upSensor) needed() string {
	for _, flag := range []struct{ name, value string }{{"--policy", f.policy}, {"--node", f.node}, {"--runtime", f.runtime}, {"--user", f.user}} {
		if flag.value != "" {
			return flag.name
		}
	}
	return ""
}

// files are what the flags of up name that is read while the server runs or when it starts.
func (f *upFlags) files() []string {
	out := append([]string{f.tls.Certificate, f.tls.Key, f.hookTLS.Certificate, f.hookTLS.Key, f.hookTLS.ClientAuthority, f.kube.file, f.clickHouse.ca, f.bus.credentials, f.bus.ca, f.bus.certificate, f.bus.key, f.alerts.Authority, f.access.rules, f.access.authorities, f.access.secretFile}, f.rules...)
	for _, path := range f.follow {
		out = append(out, pathsOf(path)...)
	}
	for _, text := range f.feeds {
		out = append(out, text[strings.IndexByte(text, '=')+1:])
	}
	for _, text := range f.clients {
		if _, what, _ := strings.Cut(text, "="); !strings.HasPrefix(what, "cn:") {
			out = append(out, what)
		}
	}
	for _, text := range []string{f.clickHouse.url, f.clickHouse.reader, f.bus.url} {
		if path, ok := strings.CutPrefix(text, "file:"); ok {
			out = append(out, path)
		}
	}
	named := out[:0]
	for _, path := range out {
		if path != "" {
			named = append(named, path)
		}
	}
	return named
}

// pathsOf returns what a path to follow leads to: itself, or what matches it as a pattern.
func pathsOf(path string) []string {
	if found, err := filepath.Glob(path); err == nil && len(found) > 0 {
		return found
	}
	return []string{path}
}
