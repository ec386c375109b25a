/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The maps that all hooks share, and how a record is sent and counted. */
#ifndef LYNCEUS_MAPS_H
#define LYNCEUS_MAPS_H

#include "records.h"

/* What counts records: 5 to 9 are for system calls and files, 10 to 19 for the network, 20 to 24 for what is stopped. */
enum hook {
	HOOK_FORK, HOOK_EXEC, HOOK_EXIT, HOOK_TASK, HOOK_CGROUP, HOOK_CALL, HOOK_RING, HOOK_RING_SLOT,
	HOOK_STOP_EXEC = 20, HOOK_STOP_FORK, HOOK_STOP_EXIT, HOOK_STOP_CONNECT, HOOKS = 25
};

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

/* Set by user space before it waits for as long as nothing happens. While it is 0, user space looks into the ring by
 * itself every few milliseconds: waking it costs ten times what a record does. */
volatile __u32 waiting = 0;

/* wake wakes user space if it waits. It is called after a record is in the ring: user space looks again after it has
 * said that it waits, so one of the two sees the other. */
INLINE void wake(void)
{
	void *nothing;

	if (!waiting)
		return;
	waiting = 0;
	nothing = bpf_ringbuf_reserve(&events, sizeof(__u64), 0);
	if (nothing)
		bpf_ringbuf_discard(nothing, BPF_RB_FORCE_WAKEUP);
}

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
	failed = bpf_ringbuf_output(&events, record, size, BPF_RB_NO_WAKEUP);
	wake();
	if (c) {
		if (failed)
			c->full++;
		else
			c->sent++;
	}
	return failed;
}

#endif
