/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The parts of the kernel's structures that are read. Layouts do not matter: the loader looks each field up by name in
 * the running kernel's BTF. */
#ifndef LYNCEUS_KERNEL_H
#define LYNCEUS_KERNEL_H

#include "helpers.h"

struct hlist_bl_node {
	struct hlist_bl_node **pprev;
} KERNEL;

struct qstr {
	__u32 len;
	const unsigned char *name;
} KERNEL;

struct super_block {
	__u32 s_dev;
	unsigned long s_magic;
} KERNEL;

struct inode {
	unsigned short i_mode;
	struct super_block *i_sb;
	unsigned long i_ino;
	long long i_size;
} KERNEL;

/* The place for short names, by this name since 6.14: a name of less than 32 bytes is always here. */
union shortname_store {
	unsigned long words[4];
} KERNEL;

struct dentry {
	union shortname_store d_shortname;
	struct hlist_bl_node d_hash;
	struct dentry *d_parent;
	struct qstr d_name;
} KERNEL;

struct vfsmount {
	struct dentry *mnt_root;
	struct super_block *mnt_sb;
} KERNEL;

struct mount {
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
} KERNEL;

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
} KERNEL;

struct file {
	unsigned int f_mode;
	unsigned int f_flags;
	struct inode *f_inode;
	void *private_data;
	struct path f_path;
} KERNEL;

/* Whatever begins with a pointer. */
struct llist_node {
	struct llist_node *next;
} KERNEL;

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
} KERNEL;

struct files_struct {
	struct fdtable *fdt;
} KERNEL;

struct fs_struct {
	struct path root;
	struct path pwd;
} KERNEL;

struct ns_common {
	unsigned int inum;
} KERNEL;

struct net {
	struct ns_common ns;
} KERNEL;

typedef struct {
	struct net *net;
} KERNEL possible_net_t;

struct in6_addr {
	__u32 words[4];
};

struct sock_common {
	__u32 skc_daddr;
	__u32 skc_rcv_saddr;
	__u16 skc_dport;
	__u16 skc_num;
	__u16 skc_family;
	unsigned char skc_state;
	possible_net_t skc_net;
	struct in6_addr skc_v6_daddr;
	struct in6_addr skc_v6_rcv_saddr;
	unsigned long skc_flags;
} KERNEL;

struct sock {
	struct sock_common __sk_common;
	int sk_err;
	__u16 sk_protocol;
	__u16 sk_type;
} KERNEL;

struct socket {
	struct sock *sk;
} KERNEL;

struct sockaddr_un {
	unsigned short sun_family;
	char sun_path[108];
};

struct unix_address {
	int len;
	struct sockaddr_un name[0];
} KERNEL;

struct unix_sock {
	struct unix_address *addr;
	struct path path;
	struct sock *peer;
} KERNEL;

#define AF_UNIX 1

/* What a system call was called with, on the two machines that there are programs for. */
struct pt_regs___x86 {
	unsigned long orig_ax, di, si, dx, r10, r8, r9, bx, cx, bp;
} KERNEL;

struct pt_regs___arm64 {
	unsigned long regs[31];
	unsigned long orig_x0;
	__s32 syscallno;
} KERNEL;

struct thread_info {
	unsigned long flags;
	__u32 status;
} KERNEL;

struct mm_struct {
	unsigned long arg_start;
	unsigned long arg_end;
	unsigned long env_start;
	unsigned long env_end;
	struct file *exe_file;
} KERNEL;

typedef struct {
	__u32 val;
} kuid_t;

typedef struct {
	__u32 val;
} kgid_t;

/* Two words of 32 bits until 6.2, one of 64 since: the same bytes on a little-endian machine. */
typedef struct {
	__u64 val;
} kernel_cap_t;

struct cred {
	kuid_t uid;
	kuid_t euid;
	kgid_t egid;
	kernel_cap_t cap_permitted;
	kernel_cap_t cap_effective;
} KERNEL;

struct upid {
	int nr;
	void *ns;
};

struct pid {
	unsigned int level;
	struct upid numbers[1];
} KERNEL;

struct tty_struct {
	char name[64];
} KERNEL;

typedef struct {
	int counter;
} atomic_t;

enum pid_type { PIDTYPE_PID, PIDTYPE_TGID, PIDTYPE_PGID, PIDTYPE_SID };

struct signal_struct {
	atomic_t live;
	int group_exit_code;
	unsigned int flags;
	struct pid *pids[4];
	struct tty_struct *tty;
} KERNEL;

/* parent was renamed in 6.15. */
struct kernfs_node {
	struct kernfs_node *__parent;
	const char *name;
	__u64 id;
} KERNEL;

struct kernfs_node___before_6_15 {
	struct kernfs_node *parent;
} KERNEL;

struct cgroup {
	int level;
	struct kernfs_node *kn;
} KERNEL;

struct cgroup_subsys_state {
	struct cgroup *cgroup;
} KERNEL;

struct css_set {
	struct cgroup_subsys_state *subsys[1];
	struct cgroup *dfl_cgrp;
} KERNEL;

struct task_struct {
	struct thread_info thread_info;
	unsigned int flags;
	int exit_code;
	__s32 pid;
	__s32 tgid;
	struct task_struct *real_parent;
	struct task_struct *group_leader;
	struct pid *thread_pid;
	__u64 start_boottime;
	struct cred *cred;
	char comm[16];
	struct fs_struct *fs;
	struct files_struct *files;
	struct signal_struct *signal;
	kuid_t loginuid;
	__u64 self_exec_id;
	struct css_set *cgroups;
	struct mm_struct *mm;
} KERNEL;

struct nsproxy {
	void *mnt_ns;
} KERNEL;

/* What only stopping reads of a task. */
struct task_struct___stop {
	struct nsproxy *nsproxy;
} KERNEL;

struct linux_binprm {
	struct file *file;
} KERNEL;

struct bpf_iter_meta {
	struct seq_file *seq;
} KERNEL;

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
} KERNEL;

struct bpf_iter__task_file {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	struct file *file;
} KERNEL;

struct bpf_iter__bpf_map_elem {
	struct bpf_iter_meta *meta;
	void *key;
	void *value;
} KERNEL;

/* Bits of task_struct.flags and signal_struct.flags, stable since before 5.8. */
#define PF_FORKNOEXEC 0x00000040
#define PF_KTHREAD 0x00200000
#define SIGNAL_GROUP_EXIT 0x00000004

/* Bits of file.f_mode and values of inode.i_mode, stable likewise. */
#define ENOENT 2
#define FMODE_WRITE 0x2
#define S_IFMT 0170000
#define S_IFSOCK 0140000

/* A descriptor that stands for the working directory. */
#define AT_FDCWD -100

/* What says that a task of 32 bits calls: in thread_info.status on x86 (TS_COMPAT), in flags on arm64 (TIF_32BIT). */
#define STATUS_COMPAT 0x2
#define FLAG_32BIT (1UL << 22)

#define SIGKILL 9

#endif
