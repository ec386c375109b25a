/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which cgroup a task is in, told to user space once for each. */
#ifndef LYNCEUS_CGROUP_H
#define LYNCEUS_CGROUP_H

#include "kernel.h"
#include "maps.h"

/* The index in css_set.subsys of the version 1 hierarchy by which container runtimes group processes; less than 0 on
 * machines with version 2 alone. Set by the loader, which finds out. */
volatile const __s32 cgroup_subsystem = -1;

/* The cgroups that user space has been told, and by what. It removes those that it forgets. */
#define TOLD_BY_HOOK 1
#define TOLD_BY_ITERATOR 2

struct {
	NUMBER(type, BPF_MAP_TYPE_LRU_HASH);
	NUMBER(max_entries, 8192);
	TYPE(key, __u64);
	TYPE(value, __u8);
} cgroups_told SEC(".maps");

/* One place for each hook, since a hook may interrupt another. */
struct {
	NUMBER(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	NUMBER(max_entries, HOOKS);
	TYPE(key, __u32);
	TYPE(value, struct cgroup_record);
} cgroup_scratch SEC(".maps");

/* A way to the root that is longer than this is not followed. */
#define CGROUP_DEPTH 128

INLINE struct kernfs_node *kernfs_parent(struct kernfs_node *kn)
{
	struct kernfs_node___before_6_15 *old = (void *)kn;

	if (EXISTS(old->parent))
		return PEEK(old->parent);
	return PEEK(kn->__parent);
}

/* append_cgroup writes the names as append_path does. */
NOINLINE int append_cgroup(struct cgroup_record *r, struct kernfs_node *kn, int level)
{
	volatile __u32 *cursor = &r->path_len;
	struct kernfs_node *up;
	__u32 off;
	long n;

	for (int i = 0; i < CGROUP_DEPTH; i++) {
		up = kernfs_parent(kn);
		if (!up)
			return 0;
		if (level - i <= CGROUP_NAMES) {
			off = *cursor;
			if (off > (CGROUP_NAMES - 1) * NAME_BYTES)
				break;
			n = bpf_probe_read_kernel_str(r->tail + off, NAME_BYTES, PEEK(kn->name));
			if (n <= 0)
				break;
			*cursor = off + n;
		}
		kn = up;
	}
	r->cut = 1;
	return 0;
}

/* cgroup_of returns the task's cgroup, and its id, which is 0 when it cannot be read. */
INLINE struct cgroup *cgroup_of(struct css_set *set, __u64 *id)
{
	struct css_set *typed_set = TYPED(struct css_set, set);
	struct cgroup_subsys_state *css;
	struct cgroup *cgroup;
	struct kernfs_node *kn;

	if (cgroup_subsystem < 0) {
		cgroup = LOAD(typed_set->dfl_cgrp);
	} else {
		css = TYPED(struct cgroup_subsys_state, POINTED(&typed_set->subsys[0] + cgroup_subsystem));
		cgroup = LOAD(css->cgroup);
	}
	kn = LOAD(cgroup->kn);
	*id = LOAD(kn->id);
	return cgroup;
}

/* describe_cgroup makes the record of a cgroup, in the hook's own place. */
INLINE struct cgroup_record *describe_cgroup(struct cgroup *cgroup, __u64 id, __u32 hook, __u64 *size)
{
	struct cgroup_record *r = bpf_map_lookup_elem(&cgroup_scratch, &hook);

	if (!r)
		return NULL;
	r->head.kind = KIND_CGROUP;
	r->head.time = bpf_ktime_get_boot_ns();
	r->id = id;
	r->cut = 0;
	r->path_len = 0;
	append_cgroup(r, PEEK(cgroup->kn), PEEK(cgroup->level));
	*size = *(volatile __u32 *)&r->path_len;
	if (*size > sizeof(r->tail))
		*size = sizeof(r->tail);
	*size += sizeof(*r) - sizeof(r->tail);
	r->head.size = *size;
	return r;
}

/* tell_cgroup returns the id of the task's cgroup, and sees to it that user space knows its names before the record that
 * speaks of it. */
NOINLINE __u64 tell_cgroup(struct css_set *set, __u32 hook)
{
	struct cgroup_record *r;
	struct cgroup *cgroup;
	__u8 told = TOLD_BY_HOOK;
	__u64 id, size;

	cgroup = cgroup_of(set, &id);
	if (!id || bpf_map_lookup_elem(&cgroups_told, &id))
		return id;
	r = describe_cgroup(cgroup, id, hook, &size);
	if (r && !send(HOOK_CGROUP, &r->head, size))
		bpf_map_update_elem(&cgroups_told, &id, &told, BPF_ANY);
	return id;
}

#endif
