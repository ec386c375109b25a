package falco

import "strings"

// otherFields are fields of Falco's that Lynceus does not have, so that a rule
// with one is told from a rule with a misspelt one. Names from
// https://falco.org/docs/reference/rules/supported-fields/.
var otherFields = set(`
	container.cni.json container.duration container.healthcheck container.host_ipc container.host_network container.host_pid
	container.image.id container.info container.ip container.labels container.liveness_probe container.mount container.mount.dest
	container.mount.mode container.mount.propagation container.mount.rdwr container.mount.source container.mounts
	container.readiness_probe container.start_ts container.type
	evt.abspath evt.around evt.asynctype evt.buffer evt.buflen evt.category evt.count.error evt.count.error.file evt.count.error.memory
	evt.count.error.net evt.count.error.other evt.count.exit evt.count.procinfo evt.count.threadinfo evt.cpu evt.deltatime evt.deltatime.ns
	evt.deltatime.s evt.info evt.io_dir evt.is_async evt.is_io evt.is_io_read evt.is_io_write evt.is_open_create evt.is_syslog evt.is_wait
	evt.latency evt.latency.human evt.latency.ns evt.latency.s evt.reltime evt.reltime.ns evt.reltime.s
	evt.wait_latency
	fd.containerdirectory fd.containername fd.cport.name fd.cproto fd.dev fd.dev.major fd.dev.minor fd.ino fd.is_server fd.is_upper_layer
	fd.is_lower_layer fd.is_stdio fd.lproto fd.proto fd.rproto fd.sproto fd.types fd.uid fd.cip.name fd.lip.name fd.rip.name fdlist.cips fdlist.cports fdlist.names fdlist.nums fdlist.sips fdlist.sports
	fs.path.name fs.path.nameraw fs.path.source fs.path.sourceraw fs.path.target fs.path.targetraw
	k8s.deployment.id k8s.deployment.label k8s.deployment.labels k8s.deployment.name k8s.ns.id k8s.ns.label k8s.ns.labels k8s.pod.cni.json
	k8s.pod.full_sandbox_id k8s.pod.ip k8s.pod.label k8s.pod.labels k8s.pod.sandbox_id k8s.rc.id k8s.rc.label k8s.rc.labels k8s.rc.name
	k8s.rs.id k8s.rs.label k8s.rs.labels k8s.rs.name k8s.svc.id k8s.svc.label k8s.svc.labels k8s.svc.name
	proc.aargs proc.aenv proc.apid proc.args.len proc.cmdlenargs proc.cmdnargs proc.exe_ino proc.exe_ino.ctime
	proc.exe_ino.ctime_duration_pidns_start proc.exe_ino.ctime_duration_proc_start proc.exe_ino.mtime proc.fdlimit proc.fdopencount
	proc.fdusage proc.is_container_healthcheck proc.is_container_liveness_probe proc.is_container_readiness_probe proc.is_exe_lower_layer
	proc.is_exe_writable proc.is_sid_leader proc.loginshellid proc.nchilds proc.nthreads proc.pgid proc.pgid.exe
	proc.pgid.exepath proc.pgid.is_leader proc.pgid.name proc.pid.ts proc.pidns_init_start_ts proc.ppid.duration proc.ppid.ts proc.pvpid
	proc.sexe proc.sexepath proc.sid proc.sid.exe proc.sid.exepath proc.stdin.name proc.stdin.type proc.stdout.name proc.stdout.type
	proc.stderr.name proc.stderr.type proc.vmrss proc.vmsize proc.vmswap proc.vpgid proc.vpgid.exe proc.vpgid.exepath proc.vpgid.name
	syslog.facility syslog.facility.str syslog.message syslog.severity syslog.severity.str
	thread.cap_inheritable thread.cgroup thread.cgroups thread.cpu thread.cpu.system thread.cpu.user thread.exectime thread.ismain
	thread.nametid thread.pfmajor thread.pfminor thread.tid thread.totexectime thread.vmrss thread.vmsize thread.vtid
	user.homedir user.shell
	ka.req.container.image.repository ka.req.container.privileged ka.req.pod.containers.eff_run_as_group ka.req.pod.containers.eff_run_as_user
	ka.req.pod.volumes.volume_type ka.req.volume.hostpath
`)

// otherFamilies are the beginnings of names of which Falco knows all, or
// whose plugins are many.
var otherFamilies = []string{"ct.", "github.", "okta.", "gcp.", "gcpaudit.", "span.", "evtin.", "mesos.", "marathon.", "krsi."}

func set(words string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(words) {
		out[w] = true
	}
	return out
}
