/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Who acts. */
#ifndef LYNCEUS_ACTOR_H
#define LYNCEUS_ACTOR_H

#include "cgroup.h"

/* acting says that the current task does it, and sees to it that user space knows its cgroup. It is for hooks that run
 * in the context of who acts. */
INLINE void acting(struct actor *a, __u32 hook)
{
	struct task_struct *task = TYPED(struct task_struct, bpf_get_current_task()), *leader = LOAD(task->group_leader);

	a->tgid = LOAD(task->tgid);
	a->thread = LOAD(task->pid);
	a->start = LOAD(leader->start_boottime);
	a->cgroup = tell_cgroup(LOAD(task->cgroups), hook);
}

/* actor_of says that another task does it, or has done. */
INLINE void actor_of(struct actor *a, struct task_struct *who)
{
	struct task_struct *task = TYPED(struct task_struct, who), *leader = LOAD(task->group_leader);

	a->tgid = LOAD(task->tgid);
	a->thread = LOAD(task->pid);
	a->start = LOAD(leader->start_boottime);
	cgroup_of(LOAD(task->cgroups), &a->cgroup);
}

#endif
