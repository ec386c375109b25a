/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Paths from the kernel's own objects, so that no buffer of the process, no symbolic link and no later rename can lie.
 * The way goes from the name upwards, over mount points, to the root of the mount namespace: a chroot hides nothing. */
#ifndef LYNCEUS_PATH_H
#define LYNCEUS_PATH_H

#include "kernel.h"
#include "records.h"

/* More directories than this are not followed. */
#define PATH_NAMES 128

/* The flags of program_record for the path of the file; those of the directory are shifted. */
#define CWD_SHIFT 4

/* append_path writes the names of a path from the last to the first into tail, at *cursor, which it moves, and sets
 * flags. The cursor lives in memory so that the verifier forgets its range at each turn: otherwise every number of names
 * would be a state of its own. */
NOINLINE int append_path(char *tail, volatile __u32 *cursor, struct path *path, __u32 *flags)
{
	struct mount *mnt = TYPED(struct mount, (void *)path->mnt - __builtin_preserve_field_info(((struct mount *)0)->mnt, 0));
	struct dentry *dentry = TYPED(struct dentry, path->dentry), *root = LOAD(mnt->mnt.mnt_root), *up;
	__u32 off = *cursor, end = off + PATH_BYTES;
	struct mount *above;
	long n;

	if (LOAD(dentry->d_parent) != dentry && !LOAD(dentry->d_hash.pprev))
		*flags |= EXE_UNLINKED;
	for (int i = 0; i < PATH_NAMES; i++) {
		up = LOAD(dentry->d_parent);
		if (dentry == root) {
			above = LOAD(mnt->mnt_parent);
			if (above == mnt || !above)
				return 0;
			dentry = LOAD(mnt->mnt_mountpoint);
			mnt = above;
			root = LOAD(mnt->mnt.mnt_root);
			continue;
		}
		if (up == dentry && i > 0) {
			*flags |= EXE_UNREACHABLE;
			return 0;
		}
		off = *cursor;
		if (off > 2 * PATH_BYTES + NAME_BYTES || off >= end)
			break;
		n = bpf_probe_read_kernel_str(tail + off, NAME_BYTES, LOAD(dentry->d_name.name));
		if (n <= 0) {
			*flags |= EXE_UNREACHABLE;
			return 0;
		}
		*cursor = off + n;
		if (up == dentry) {
			*flags |= EXE_NAMELESS;
			return 0;
		}
		dentry = up;
	}
	*flags |= EXE_CUT;
	return 0;
}

/* append_names writes the names of a path within its file system, in the same way. */
NOINLINE int append_names(char *tail, volatile __u32 *cursor, struct dentry *from, __u32 *flags)
{
	__u32 off = *cursor, end = off + PATH_BYTES;
	struct dentry *dentry = TYPED(struct dentry, from), *up;
	long n;

	for (int i = 0; i < PATH_NAMES; i++) {
		up = LOAD(dentry->d_parent);
		if (up == dentry)
			return 0;
		off = *cursor;
		if (off > 2 * PATH_BYTES + NAME_BYTES || off >= end)
			break;
		n = bpf_probe_read_kernel_str(tail + off, NAME_BYTES, LOAD(dentry->d_name.name));
		if (n <= 0) {
			*flags |= EXE_UNREACHABLE;
			return 0;
		}
		*cursor = off + n;
		dentry = up;
	}
	*flags |= EXE_CUT;
	return 0;
}

#endif
