/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which version of which file a program is, and of which layer of a container's file system. */
#ifndef LYNCEUS_ORIGIN_H
#define LYNCEUS_ORIGIN_H

#include "kernel.h"
#include "layer.h"
#include "records.h"

#define NANOS 1000000000ULL
#define CTIME_NANOS 0x3fffffff /* since 6.13, a bit above says that somebody has asked for the time */

/* The time of the last change has been kept in three ways: in one member until 6.5, under another name until 6.10, and
 * in two members since. */
struct timespec64 {
	__s64 tv_sec;
	long tv_nsec;
} KERNEL;

struct inode___until_6_5 {
	struct timespec64 i_ctime;
} KERNEL;

struct inode___until_6_10 {
	struct timespec64 __i_ctime;
} KERNEL;

struct inode___since_6_11 {
	__s64 i_ctime_sec;
	__u32 i_ctime_nsec;
} KERNEL;

INLINE __u64 changed_at(struct inode *inode)
{
	struct inode___until_6_5 *first = (void *)inode;
	struct inode___until_6_10 *second = (void *)inode;
	struct inode___since_6_11 *third = (void *)inode;

	if (EXISTS(third->i_ctime_sec))
		return LOAD(third->i_ctime_sec) * NANOS + (LOAD(third->i_ctime_nsec) & CTIME_NANOS);
	if (EXISTS(second->__i_ctime))
		return LOAD(second->__i_ctime.tv_sec) * NANOS + LOAD(second->__i_ctime.tv_nsec);
	if (EXISTS(first->i_ctime))
		return LOAD(first->i_ctime.tv_sec) * NANOS + LOAD(first->i_ctime.tv_nsec);
	return 0;
}

/* describe_origin says of which file a task's program is. */
INLINE void describe_origin(struct program_record *r, struct task_struct *task, struct file *exe)
{
	struct inode *inode;
	struct super_block *sb;
	struct fs_struct *fs = task->fs;

	r->exe_inode = r->exe_size = r->exe_changed = 0;
	r->exe_device = r->exe_magic = r->mount_flags = 0;
	r->level = LOAD(TYPED(struct pid, task->thread_pid)->level);
	if (!exe)
		return;
	inode = TYPED(struct inode, LOAD(exe->f_inode));
	sb = LOAD(inode->i_sb);
	r->exe_inode = LOAD(inode->i_ino);
	r->exe_size = LOAD(inode->i_size);
	r->exe_changed = changed_at(inode);
	r->exe_device = LOAD(sb->s_dev);
	r->exe_magic = LOAD(sb->s_magic);
	if (fs && LOAD(exe->f_path.mnt) == LOAD(fs->root.mnt))
		r->mount_flags |= MOUNT_ROOT;
	if (r->exe_magic == OVERLAY_MAGIC)
		r->mount_flags |= layer_of(inode);
}

#endif
