package tetragon

import "encoding/json"

// message is a GetEventsResponse as far as it is read. One of its events is
// there.
type message struct {
	Exec       *occurrence `json:"process_exec"`
	Exit       *occurrence `json:"process_exit"`
	Kprobe     *occurrence `json:"process_kprobe"`
	Tracepoint *occurrence `json:"process_tracepoint"`
	Uprobe     *occurrence `json:"process_uprobe"`
	LSM        *occurrence `json:"process_lsm"`
	Loader     *occurrence `json:"process_loader"`
	Throttle   *throttle   `json:"process_throttle"`
	Dropped    *dropped    `json:"rate_limit_info"`
	NodeName   string      `json:"node_name"`
	Cluster    string      `json:"cluster_name"`
	Time       string      `json:"time"`
}

// throttle says that Tetragon began or ceased to leave out what a control group
// does, because it does too much.
type throttle struct {
	Type   string `json:"type"`
	Cgroup string `json:"cgroup"`
}

// dropped says how many events Tetragon's export left out.
type dropped struct {
	Count json.Number `json:"number_of_dropped_process_events"`
}

// occurrence is what happened; which members it has depends on what it was.
type occurrence struct {
	Process    *process   `json:"process"`
	Parent     *process   `json:"parent"`
	Ancestors  []process  `json:"ancestors"`
	Function   string     `json:"function_name"`
	Subsystem  string     `json:"subsys"`
	Event      string     `json:"event"`
	Symbol     string     `json:"symbol"`
	Path       string     `json:"path"`
	Args       []argument `json:"args"`
	Return     *argument  `json:"return"`
	Action     string     `json:"action"`
	PolicyName string     `json:"policy_name"`
	Message    string     `json:"message"`
	Tags       []string   `json:"tags"`
	Signal     string     `json:"signal"`
	Status     int64      `json:"status"`
	Time       string     `json:"time"`
}

// process is a process as Tetragon knows it.
type process struct {
	ExecID       string  `json:"exec_id"`
	PID          *uint32 `json:"pid"`
	UID          *uint32 `json:"uid"`
	CWD          string  `json:"cwd"`
	Binary       string  `json:"binary"`
	Arguments    string  `json:"arguments"`
	StartTime    string  `json:"start_time"`
	AUID         *uint32 `json:"auid"`
	Pod          *pod    `json:"pod"`
	Docker       string  `json:"docker"`
	ParentExecID string  `json:"parent_exec_id"`
	Cap          *struct {
		Permitted []string `json:"permitted"`
		Effective []string `json:"effective"`
	} `json:"cap"`
	User *struct {
		Name string `json:"name"`
	} `json:"user"`
}

// pod is where a process runs.
type pod struct {
	Namespace    string `json:"namespace"`
	Name         string `json:"name"`
	UID          string `json:"uid"`
	Workload     string `json:"workload"`
	WorkloadKind string `json:"workload_kind"`
	Container    *struct {
		ID    string `json:"id"`
		Name  string `json:"name"`
		Image *struct {
			ID   string `json:"id"`
			Name string `json:"name"`
		} `json:"image"`
		PID *uint32 `json:"pid"`
	} `json:"container"`
}

// argument is a value that was hooked. Of its members one is there.
type argument struct {
	String *string      `json:"string_arg"`
	Int    *json.Number `json:"int_arg"`
	File   *pathArg     `json:"file_arg"`
	Path   *pathArg     `json:"path_arg"`
	Binprm *pathArg     `json:"linux_binprm_arg"`
	Sock   *socketArg   `json:"sock_arg"`
	Skb    *socketArg   `json:"skb_arg"`
	Addr   *addressArg  `json:"sockaddr_arg"`
	Module *struct {
		Name string `json:"name"`
	} `json:"module_arg"`
}

type pathArg struct {
	Path string `json:"path"`
}

type socketArg struct {
	Family   string `json:"family"`
	Protocol string `json:"protocol"`
	SAddr    string `json:"saddr"`
	DAddr    string `json:"daddr"`
	SPort    int64  `json:"sport"`
	DPort    int64  `json:"dport"`
}

type addressArg struct {
	Addr string `json:"addr"`
	Port int64  `json:"port"`
}
