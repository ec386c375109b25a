/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The maps that all hooks share, and how a record is sent and counted. */
#ifndef LYNCEUS_MAPS_H
#define LYNCEUS_MAPS_H

#include "records.h"

enum hook { HOOK_FORK, HOOK_EXEC, HOOK_EXIT, HOOK_TASK, HOOK_CGROUP, HOOKS };

struct counters {
	__u64 sent; /* records handed over */
	__u64 full; /* records lost, because there was no room in the ring */
};

/* Its size is set by the loader. */
struct {
	NUMBER(type, BPF_MAP_TYPE_RINGBUF);
	NUMBER(max_entries, 1 << 20);
} events SEC(".maps");

struct {
	NUMBER(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	NUMBER(max_entries, HOOKS);
	TYPE(key, __u32);
	TYPE(value, struct counters);
} counts SEC(".maps");

INLINE struct counters *count(__u32 hook)
{
	return bpf_map_lookup_elem(&counts, &hook);
}

/* send hands a record over. It returns 0, or less when it is lost. */
INLINE long send(__u32 hook, struct head *record, __u64 size)
{
	struct counters *c = count(hook);
	long failed;

	record->size = size;
	failed = bpf_ringbuf_output(&events, record, size, 0);
	if (c) {
		if (failed)
			c->full++;
		else
			c->sent++;
	}
	return failed;
}

#endif
