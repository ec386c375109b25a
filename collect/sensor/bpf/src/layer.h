/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which layer of a container's file system a program is of. */
#ifndef LYNCEUS_LAYER_H
#define LYNCEUS_LAYER_H

#include "kernel.h"
#include "records.h"

#define OVERLAY_MAGIC 0x794c7630

struct super_block___layer {
	unsigned long s_magic;
} KERNEL;

struct dentry___layer {
	struct super_block___layer *d_sb;
} KERNEL;

/* What an overlay keeps about an inode, around that itself. Kernels whose overlay is a module do not describe it in their
 * own BTF; but since 4.13 the dentry in the upper layer follows the inode. Lower layers have been where these declarations
 * say since 6.5. */
struct ovl_entry {
	unsigned int __numlower;
} KERNEL;

struct ovl_inode {
	unsigned long flags;
	struct inode vfs_inode;
	struct dentry *__upperdentry;
	struct ovl_entry *oe;
} KERNEL;

/* The bit of ovl_inode.flags that says that the content was copied up, OVL_UPPERDATA since 4.19. */
#define UPPERDATA (1 << 3)

INLINE __u32 layer_of(struct inode *inode)
{
	struct ovl_inode *overlay;
	struct dentry *upper = NULL;
	__u32 flags = LAYER_UPPER;

	bpf_probe_read_kernel(&upper, sizeof(upper), (void *)inode + __builtin_preserve_type_info(*inode, 1));
	if (!upper)
		return 0;
	if (!EXISTS(((struct ovl_inode *)0)->oe))
		return flags | LAYER_LOWER;
	overlay = (void *)inode - __builtin_preserve_field_info(((struct ovl_inode *)0)->vfs_inode, 0);
	if (PEEK(PEEK(overlay->oe)->__numlower))
		flags |= LAYER_LOWER;
	if (!(PEEK(overlay->flags) & UPPERDATA))
		flags |= LAYER_META;
	return flags;
}

/* is_dropped says whether a program is in the overlay that is the task's root, in the upper layer, with nothing of the
 * image below it: it was written after the container started. Where this kernel does not let that be seen it is 0. */
INLINE int is_dropped(struct task_struct *task, struct file *file)
{
	struct dentry___layer *dentry = (void *)PEEK(file->f_path.dentry), *root;
	struct super_block___layer *sb;
	struct fs_struct *fs;

	fs = PEEK(task->fs);
	root = (void *)PEEK(fs->root.dentry);
	sb = PEEK(dentry->d_sb);
	if (sb != PEEK(root->d_sb) || PEEK(sb->s_magic) != OVERLAY_MAGIC)
		return 0;
	return (layer_of(PEEK(file->f_inode)) & (LAYER_UPPER | LAYER_LOWER)) == LAYER_UPPER;
}

#endif
