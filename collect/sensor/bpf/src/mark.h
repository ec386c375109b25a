/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Containers that are to end: whatever a process of theirs does that a hook sees is the last that it does. */
#ifndef LYNCEUS_MARK_H
#define LYNCEUS_MARK_H

#include "actor.h"

/* Containers all of whose processes are to end, and by which policies. */
struct {
	NUMBER(type, BPF_MAP_TYPE_HASH);
	NUMBER(max_entries, 1024);
	TYPE(key, __u64);
	TYPE(value, __u64);
} marked SEC(".maps");

/* More than 0 while there may be marks; set by whoever makes one, cleared by user space. */
volatile __u32 marks = 0;

/* Processes that are never stopped, by their number in the root namespace: the start of their leader. */
struct {
	NUMBER(type, BPF_MAP_TYPE_HASH);
	NUMBER(max_entries, 64);
	TYPE(key, __u32);
	TYPE(value, __u64);
} spared SEC(".maps");

/* Cgroups that a container makes in itself are looked through up to this depth. */
#define NESTED 16

/* listed looks for the nearest cgroup of the task, or above it, that is in the map. It returns the value there and sets
 * *id, or returns 0. */
INLINE __u64 listed(void *map, struct css_set *set, __u64 *id)
{
	struct cgroup *cgroup = cgroup_of(set, id);
	struct kernfs_node *kn = PEEK(cgroup->kn);
	__u64 *found;

	for (int i = 0; i < NESTED && kn; i++) {
		*id = PEEK(kn->id);
		found = bpf_map_lookup_elem(map, id);
		if (found)
			return *found;
		kn = kernfs_parent(kn);
	}
	return 0;
}

NOINLINE __u64 marks_for(struct css_set *set, __u64 *id)
{
	return listed(&marked, set, id);
}

/* is_spared says whether the current process may not be stopped. */
NOINLINE int is_spared(struct task_struct *task)
{
	__u32 tgid = PEEK(task->tgid);
	__u64 *start;

	if (tgid <= 1 || PEEK(task->flags) & PF_KTHREAD)
		return 1;
	start = bpf_map_lookup_elem(&spared, &tgid);
	return start && *start == PEEK(PEEK(task->group_leader)->start_boottime);
}

/* tell_stop says what was done. Functions of its own, so that the compiler writes the layout into the object. */
NOINLINE long tell_stop(struct stop_record *r, __u32 hook)
{
	return send(hook, &r->head, sizeof(*r));
}

/* condemned kills the current task if its container is marked, and says whether it is. */
NOINLINE int condemned(struct task_struct *task, __u32 hook)
{
	struct stop_record r = {};

	if (!marks)
		return 0;
	r.enforced = marks_for(PEEK(task->cgroups), &r.container);
	if (!r.enforced || is_spared(task))
		return 0;
	r.head.kind = KIND_STOP;
	r.head.time = bpf_ktime_get_boot_ns();
	acting(&r.actor, hook);
	r.what = STOP_MARKED;
	r.matched = r.enforced;
	r.result = bpf_send_signal(SIGKILL);
	tell_stop(&r, hook);
	return 1;
}

#endif
