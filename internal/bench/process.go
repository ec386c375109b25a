package bench

import (
	"fmt"
	"strings"

	"github.com/lynceus-io/lynceus/event"
)

var programs = []string{
	"/usr/bin/bash", "/bin/sh", "/usr/bin/cat", "/usr/bin/grep", "/usr/bin/ls", "/usr/bin/python3", "/usr/bin/node", "/usr/bin/java", "/usr/bin/curl", "/usr/bin/sleep",
	"/usr/bin/sed", "/usr/bin/awk", "/usr/bin/find", "/usr/bin/xargs", "/usr/sbin/nginx", "/usr/bin/redis-cli", "/usr/bin/psql", "/usr/bin/git", "/usr/bin/make",
	"/usr/local/bin/app", "/usr/local/bin/docker-entrypoint.sh", "/pause", "/usr/bin/runc", "/usr/bin/date", "/usr/bin/env", "/usr/bin/id", "/usr/bin/ps", "/usr/bin/tar",
	"/usr/bin/ssh", "/usr/sbin/cron", "/usr/bin/apt-get", "/usr/bin/dpkg", "/opt/java/openjdk/bin/java", "/usr/bin/perl", "/usr/bin/openssl", "/usr/bin/systemctl",
	"/usr/bin/crictl", "/usr/local/bin/kubectl", "/usr/bin/touch", "/usr/bin/chmod", "/usr/bin/wget", "/usr/bin/tee", "/usr/bin/stat", "/usr/bin/head", "/usr/bin/wc",
}

// Processes returns n process starts. About four of five command lines occur
// once.
func Processes(n int, seed uint64) []*event.Event {
	r := newRandom(seed)
	var known []string
	for range 400 {
		known = append(known, r.commandLine(pick(r, programs)))
	}
	out := make([]*event.Event, n)
	for i := range out {
		image := skewed(r, programs)
		line := r.commandLine(image)
		if r.chance(5) {
			line = pick(r, known)
		}
		parent := skewed(r, programs)
		e := &event.Event{}
		e.Reset(event.ClassProcess)
		event.Time.Set(e, 1_790_000_000_000_000_000+int64(i)*1_000_000)
		event.Activity.Set(e, "Launch")
		event.ProcessFilePath.Set(e, image)
		event.ProcessName.Set(e, image[strings.LastIndexByte(image, '/')+1:])
		event.ProcessCmdLine.Set(e, line)
		event.ProcessPID.Set(e, int64(1000+i))
		event.ProcessWorkingDirectory.Set(e, pick(r, []string{"/", "/app", "/tmp", "/home/app", "/var/lib/" + r.tag(6)}))
		event.ProcessUserUID.Set(e, pick(r, []int64{0, 0, 1000, 65534}))
		event.ProcessParentProcessFilePath.Set(e, parent)
		event.ProcessParentProcessCmdLine.Set(e, pick(r, known))
		event.ActorUserName.Set(e, pick(r, []string{"root", "app", "nobody"}))
		out[i] = e
	}
	return out
}

func (r random) commandLine(program string) string {
	line := program
	for range 1 + r.IntN(6) {
		switch r.IntN(8) {
		case 0:
			line += " --" + pick(r, words) + "=" + r.tag(6)
		case 1:
			line += " -" + r.tag(1)
		case 2:
			line += fmt.Sprintf(" /var/log/%s/%s.log", pick(r, words), r.tag(8))
		case 3:
			line += fmt.Sprintf(" http://%s.%s.svc.cluster.local:%d/%s", pick(r, words), pick(r, words), 1024+r.IntN(9000), r.tag(10))
		case 4:
			line += fmt.Sprintf(" /etc/%s/%s.conf", pick(r, words), pick(r, words))
		case 5:
			line += " -c 'echo " + pick(r, words) + " | tr a b'"
		case 6:
			line += fmt.Sprintf(" %d", r.IntN(100000))
		default:
			line += " " + pick(r, words) + "-" + r.tag(5)
		}
	}
	return line
}
