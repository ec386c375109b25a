/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is stopped: policies of user space, judged here. A policy has a number from 0 to 63 and a bit in each mask. */
#ifndef LYNCEUS_ENFORCE_H
#define LYNCEUS_ENFORCE_H

#include "layer.h"
#include "mark.h"
#include "path.h"

/* Which policies apply to a container: by the id of its cgroup. Whoever is in no such cgroup, nor below one, is never
 * judged: user space writes only containers of pods here. */
struct {
	NUMBER(type, BPF_MAP_TYPE_HASH);
	NUMBER(max_entries, 16384);
	TYPE(key, __u64);
	TYPE(value, __u64);
} policies_of SEC(".maps");

/* What each policy does. */
struct policy_masks {
	__u64 observe;   /* tells what it would do */
	__u64 enforce;   /* does it */
	__u64 container; /* the container is killed, not the process alone */
	__u64 memory;    /* programs that stand in no directory match */
	__u64 dropped;   /* programs that were written into the container's file system match */
};

struct {
	NUMBER(type, BPF_MAP_TYPE_ARRAY);
	NUMBER(max_entries, 1);
	TYPE(key, __u32);
	TYPE(value, struct policy_masks);
} policy_masks SEC(".maps");

/* Which policies name a program. PROGRAM_NAME has the name and NUL at the beginning of the text; the other two have the
 * names of the path from the last to the first, each ended by NUL, at its end. All else is zero. */
enum program_key_kind { PROGRAM_NAME, PROGRAM_PATH, PROGRAM_DIRECTORY };

#define KEY_TEXT 256

struct program_key {
	__u32 kind;
	char text[KEY_TEXT];
};

struct {
	NUMBER(type, BPF_MAP_TYPE_HASH);
	NUMBER(max_entries, 4096);
	TYPE(key, struct program_key);
	TYPE(value, __u64);
} programs_stopped SEC(".maps");

struct stop_scratch {
	struct program_record program; /* for its tail */
	__u32 kind;                    /* from here on, struct program_key */
	char text[2 * KEY_TEXT];       /* the second half is never used: it is there for the verifier */
};

struct {
	NUMBER(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	NUMBER(max_entries, 1);
	TYPE(key, __u32);
	TYPE(value, struct stop_scratch);
} stop_scratch SEC(".maps");

NOINLINE __u64 policies_for(struct css_set *set, __u64 *id)
{
	return listed(&policies_of, set, id);
}

/* stop does what the policies that match want of the current task: r->matched. It fills in the rest of the record. */
NOINLINE int stop(struct stop_record *r, struct policy_masks *masks, __u32 hook)
{
	__u64 by = r->matched & masks->enforce;

	r->head.kind = KIND_STOP;
	r->head.time = bpf_ktime_get_boot_ns();
	acting(&r->actor, hook);
	r->enforced = by;
	r->result = by ? bpf_send_signal(SIGKILL) : 0;
	by &= masks->container;
	if (by) {
		if (bpf_map_update_elem(&marked, &r->container, &by, BPF_ANY))
			r->unmarked = 1;
		else
			marks = 1;
	}
	tell_stop(r, hook);
	return 0;
}

/* in_transit says whether a container runtime is about to make the container: it moves a process into the cgroup and
 * executes a copy of itself there before that process leaves the node's mount namespace. Its parent is none of the
 * container's then. */
INLINE int in_transit(struct task_struct *task)
{
	struct task_struct___stop *own = (void *)task, *parent = (void *)task->real_parent;
	__u64 id;

	if (PEEK(own->nsproxy->mnt_ns) != PEEK(parent->nsproxy->mnt_ns))
		return 0;
	return !policies_for(PEEK(task->real_parent->cgroups), &id);
}

INLINE __u64 policies_naming(void *key)
{
	__u64 *found = bpf_map_lookup_elem(&programs_stopped, key);

	return found ? *found : 0;
}

/* programs_named returns the policies that name the file: by its name, its path, or a directory above it. */
NOINLINE __u64 programs_named(struct stop_scratch *s)
{
	__u32 used = *(volatile __u32 *)&s->program.used, n = used, at;
	__u64 found;

	__builtin_memset(s->text, 0, KEY_TEXT);
	if (bpf_probe_read_kernel_str(s->text, KEY_TEXT, s->program.tail) < 0)
		return 0;
	s->kind = PROGRAM_NAME;
	found = policies_naming(&s->kind);
	__builtin_memset(s->text, 0, KEY_TEXT);
	if (n > KEY_TEXT)
		n = KEY_TEXT;
	if (used > sizeof(s->program.tail))
		return found;
	at = used - n;
	OPAQUE(at);
	OPAQUE(n);
	if (at > 2 * PATH_BYTES || n > KEY_TEXT)
		return found;
	if (bpf_probe_read_kernel(s->text + ((KEY_TEXT - n) & (KEY_TEXT - 1)), n, s->program.tail + at))
		return found;
	s->kind = PROGRAM_PATH;
	if (used <= KEY_TEXT)
		found |= policies_naming(&s->kind);
	s->kind = PROGRAM_DIRECTORY;
	for (int i = 0, seen = 0; i < KEY_TEXT; i++) {
		if (s->text[i]) {
			s->text[i] = 0;
			seen = 1;
		} else if (seen) {
			found |= policies_naming(&s->kind);
		}
	}
	return found;
}

SEC("tp_btf/sched_process_exec")
int lynceus_stop_exec(__u64 *ctx)
{
	struct task_struct *task = (void *)ctx[0];
	struct linux_binprm *bprm = (void *)ctx[2];
	struct stop_record r = {};
	struct policy_masks *masks;
	struct stop_scratch *s;
	__u32 zero = 0, flags = 0;
	struct path path;
	__u64 mine;

	if (condemned(task, HOOK_STOP_EXEC))
		return 0;
	mine = policies_for(task->cgroups, &r.container);
	masks = bpf_map_lookup_elem(&policy_masks, &zero);
	s = bpf_map_lookup_elem(&stop_scratch, &zero);
	if (!masks || !s)
		return 0;
	mine &= masks->observe | masks->enforce;
	if (!mine || is_spared(task) || in_transit(task))
		return 0;
	path.mnt = PEEK(bprm->file->f_path.mnt);
	path.dentry = PEEK(bprm->file->f_path.dentry);
	s->program.used = 0;
	append_path(s->program.tail, &s->program.used, &path, &flags);
	if (flags & EXE_NAMELESS)
		r.matched |= masks->memory;
	else if (!(flags & (EXE_CUT | EXE_UNREACHABLE)))
		r.matched |= programs_named(s);
	if (masks->dropped & mine && is_dropped(task, bprm->file))
		r.matched |= masks->dropped;
	r.matched &= mine;
	if (r.matched) {
		r.what = STOP_EXEC;
		stop(&r, masks, HOOK_STOP_EXEC);
	}
	return 0;
}

SEC("tp_btf/sched_process_fork")
int lynceus_stop_fork(__u64 *ctx)
{
	condemned((void *)ctx[0], HOOK_STOP_FORK);
	return 0;
}

/* A thread that ends in a process that goes on. */
SEC("tp_btf/sched_process_exit")
int lynceus_stop_exit(__u64 *ctx)
{
	struct task_struct *task = (void *)ctx[0];

	if (task->signal->live.counter > 0)
		condemned(task, HOOK_STOP_EXIT);
	return 0;
}

#endif
