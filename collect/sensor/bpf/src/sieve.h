/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which files are worth a record. A sieve lets through all paths of a set and few others: it looks at the names on the
 * way from the file to the root, at no more than eight bytes of each, and writes nothing down. User space makes it
 * (package sieve) and looks at the whole path of what comes through. */
#ifndef LYNCEUS_SIEVE_H
#define LYNCEUS_SIEVE_H

#include "kernel.h"

#define SIEVE_BUCKETS 1024
#define SIEVE_SLOTS 4
#define SIEVE_PAIRS 4

/* What the key of a slot is. */
enum sieve_key {
	KEY_NAME = 1,      /* of the file: its length and the first eight bytes */
	KEY_DIRECTORY = 2, /* the same of a directory above it */
	KEY_START = 3,     /* the beginning of either, of eight bytes at most */
	KEY_END = 4,       /* the end of the file's name, of eight bytes at most */
};

/* A slot has a tag in its upper half and the depths at which the name counts in its lower one: bit n is n directories
 * below the root, the file or directory included; bit 15 is 15 or more. Tag 0 is of an empty slot, ANY_TAG of one that
 * stands for all that found no room. */
#define ANY_TAG 0xffff
#define ANY_DEPTH 0xffff

struct sieve {
	__u32 verdict; /* VERDICT_LOOK, or what is said of every file */
	__u64 names;       /* bit n: there is a key of that kind for names of n bytes, n = 63 for longer ones */
	__u64 directories; /* the same */
	__u64 name_heads;  /* the bits of the first bytes of such names */
	__u64 directory_heads;
	__u64 start_heads;
	__u64 end_tails; /* those of the last bytes */
	__u32 starts;      /* bit n: there is a key of n bytes */
	__u32 ends;        /* the same */
	__u32 shortest;    /* a name of so many bytes may contain what is looked for */
	__u32 pairs;       /* how many things are looked for, 0 to SIEVE_PAIRS */
	__u64 pair_first[SIEVE_PAIRS];  /* of two bytes that follow each other in it, the first, eight times */
	__u64 pair_second[SIEVE_PAIRS]; /* and the second */
	__u32 slots[SIEVE_BUCKETS][SIEVE_SLOTS];
};

enum { VERDICT_LOOK, VERDICT_ALL, VERDICT_NONE };

/* The first two are of all opens that are told, the others of those that are told by whatever name the file is opened:
 * what goes through the first alone is told only if that name goes up. */
enum { SIEVE_READ, SIEVE_WRITE, SIEVE_PLAIN, SIEVES = 2 * SIEVE_PLAIN };

/* Two of each: one is used while user space writes the other. */
struct {
	NUMBER(type, BPF_MAP_TYPE_ARRAY);
	NUMBER(max_entries, 2 * SIEVES);
	TYPE(key, __u32);
	TYPE(value, struct sieve);
} sieves SEC(".maps");

volatile __u32 sieve_turn = 0;

/* More directories than this are not looked at: such a path goes through. */
#define SIEVE_DEPTH 32

/* A name that is longer than so many words is not looked at whole. */
#define NAME_WORDS 4

/* A name of a file that is longer than this is not looked at for whether it goes up. */
#define GIVEN_BYTES 64

/* What is remembered on the way. It is in memory, so that the verifier forgets what it knows of it at each turn;
 * otherwise every number of names would be a state of its own. */
struct walk {
	volatile __u64 counts_at; /* bit n: the file goes through if it is n names below the root */
	volatile __u32 level;     /* names that have been looked at */
	volatile __u32 part;      /* only a part of the file system is mounted there */
	__u64 text[NAME_WORDS]; /* the name that is looked at whole */
	char given[GIVEN_BYTES]; /* a name as a task gave it */
};

struct {
	NUMBER(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	NUMBER(max_entries, 1);
	TYPE(key, __u32);
	TYPE(value, struct walk);
} walks SEC(".maps");

INLINE struct sieve *sieve_at(__u32 at)
{
	return bpf_map_lookup_elem(&sieves, &at);
}

INLINE __u32 limit(__u32 n, __u32 most)
{
	return n < most ? n : most;
}

/* noted says whether the bit of a byte is set. */
INLINE int noted(__u64 bits, __u64 byte)
{
	return bits >> ((byte ^ byte >> 3) & 63) & 1;
}

/* start returns as many of eight bytes as are wanted. */
INLINE __u64 start(__u64 word, __u32 bytes)
{
	return bytes < 8 ? word & ((1ULL << bytes * 8) - 1) : word;
}

/* depths returns at which depths a key counts, 0 when it is not in the sieve. Like the two after it, it is a function
 * that the verifier looks at by itself, and not at each turn of who calls it. */
__attribute__((noinline)) __u32 depths(__u32 sieve, __u32 kind, __u64 key, __u32 len)
{
	__u64 h = (key ^ ((__u64)len << 56 | (__u64)kind << 48)) * 0x9e3779b97f4a7c15ULL;
	__u32 tag = h >> 38 & 0xffff, bucket = h >> 54, out = 0, slot;
	struct sieve *s = sieve_at(sieve);

	if (!s)
		return 0;
	if (!tag || tag == ANY_TAG)
		tag = 1;
	for (int i = 0; i < SIEVE_SLOTS; i++) {
		slot = s->slots[bucket][i];
		if (slot >> 16 == tag || slot >> 16 == ANY_TAG)
			out |= slot & 0xffff;
	}
	return out;
}

/* parts returns the depths of all beginnings of a name, or of all ends: of the eight bytes that are its first or last. */
__attribute__((noinline)) __u32 parts(__u32 sieve, __u32 kind, __u64 word, __u32 len)
{
	struct sieve *s = sieve_at(sieve);
	__u32 lengths, out = 0;

	if (!s)
		return 0;
	lengths = kind == KEY_START ? s->starts : s->ends;
	for (__u32 n = 1; n <= 8; n++)
		if (lengths >> n & 1 && len >= n)
			out |= depths(sieve, kind, kind == KEY_START ? start(word, n) : word >> (8 - n) * 8, n);
	return out;
}

/* zeros has the highest bit of each byte that is zero in a word, and maybe of others above such a byte. */
INLINE __u64 zeros(__u64 word)
{
	return (word - 0x0101010101010101ULL) & ~word & 0x8080808080808080ULL;
}

/* paired says whether a name of 32 bytes at most has one of the pairs. */
__attribute__((noinline)) int paired(__u32 sieve, __u64 w0, __u64 w1, __u64 w2, __u64 w3)
{
	struct sieve *s = sieve_at(sieve);
	__u64 first, second, have;

	if (!s)
		return 1;
	for (__u32 i = 0; i < SIEVE_PAIRS && i < s->pairs; i++) {
		first = s->pair_first[i];
		second = s->pair_second[i];
		have = zeros(w0 ^ first) << 8 & zeros(w0 ^ second);
		have |= (zeros(w1 ^ first) << 8 | zeros(w0 ^ first) >> 56) & zeros(w1 ^ second);
		if (!have && w2)
			have = (zeros(w2 ^ first) << 8 | zeros(w1 ^ first) >> 56) & zeros(w2 ^ second);
		if (!have && w3)
			have = (zeros(w3 ^ first) << 8 | zeros(w2 ^ first) >> 56) & zeros(w3 ^ second);
		if (have)
			return 1;
	}
	return 0;
}

/* The first bytes of a name: from the place for short names if there is one, else as the kernel points to them. */
INLINE __u64 head_of(struct dentry *dentry, __u32 len)
{
	__u64 word = 0;

	if (typed && EXISTS(dentry->d_shortname.words) && len < 32) {
		word = dentry->d_shortname.words[0];
		OPAQUE(word); /* otherwise the two ways become one, with loads of two kinds */
		return word;
	}
	bpf_probe_read_kernel(&word, sizeof(word), LOAD(dentry->d_name.name));
	return word;
}

/* contains says whether a name may contain what no path may that is kept back. */
INLINE int contains(struct walk *w, __u32 sieve, struct dentry *dentry, __u32 len)
{
	__u64 third, last;

	if (len > sizeof(w->text))
		return 1;
	if (typed && EXISTS(dentry->d_shortname.words) && len < 32) {
		third = len > 16 ? dentry->d_shortname.words[2] : 0;
		last = len > 24 ? dentry->d_shortname.words[3] : 0;
		OPAQUE(last); /* as above */
		return paired(sieve, dentry->d_shortname.words[0], dentry->d_shortname.words[1], third, last);
	}
	bpf_probe_read_kernel(w->text, sizeof(w->text), LOAD(dentry->d_name.name));
	return paired(sieve, w->text[0], w->text[1], w->text[2], w->text[3]);
}

/* tail_of returns the last eight bytes of a name, as if zeros stood before it. */
INLINE __u64 tail_of(struct dentry *dentry, __u32 len, __u64 head)
{
	if (len > 8)
		bpf_probe_read_kernel(&head, sizeof(head), LOAD(dentry->d_name.name) + len - 8);
	else
		head = len ? head << (8 - len) * 8 : 0;
	return head;
}

/* named returns at which depths a name counts: that of the file, or of a directory above it. */
INLINE __u32 named(struct walk *w, struct sieve *s, __u32 sieve, struct dentry *dentry, int above)
{
	__u64 lengths = above ? s->directories : s->names, heads = above ? s->directory_heads : s->name_heads, tail;
	__u32 len = LOAD(dentry->d_name.len), out = 0;
	__u64 head = head_of(dentry, len);

	if (noted(heads, head & 0xff) && lengths >> limit(len, 63) & 1)
		out = depths(sieve, above ? KEY_DIRECTORY : KEY_NAME, start(head, len), limit(len, 255));
	if (noted(s->start_heads, head & 0xff))
		out |= parts(sieve, KEY_START, head, len);
	if (!above && s->ends) {
		tail = tail_of(dentry, len, head);
		if (noted(s->end_tails, tail >> 56))
			out |= parts(sieve, KEY_END, tail, len);
	}
	if (s->pairs && len >= s->shortest && contains(w, sieve, dentry, len))
		out = ANY_DEPTH;
	return out;
}

/* The file system from which the node runs, as the kernel numbers devices. Set by the loader. */
volatile const __u32 root_device = 0;

/* rooted says whether paths within a file system count wherever it is mounted: that of the task's root and that of the
 * node. So no bind mount and no second mount gives a file of these another name. */
INLINE int rooted(struct task_struct *task, struct vfsmount *mnt)
{
	struct super_block *sb = LOAD(mnt->mnt_sb);
	struct fs_struct *fs = LOAD(task->fs);
	struct vfsmount *root = LOAD(fs->root.mnt);

	return LOAD(sb->s_dev) == root_device || sb == LOAD(root->mnt_sb);
}

/* add takes in at which depths a name counts. */
INLINE void add(struct walk *w, __u32 at)
{
	if (at & 0x8000)
		w->counts_at |= ~0ULL << ((w->level + 15) & 63);
	if (at)
		w->counts_at |= (__u64)(at & 0x7fff) << (w->level & 63);
	w->level++;
}

INLINE int found(struct walk *w)
{
	return w->counts_at >> (w->level & 63) & 1;
}

/* passes_within says whether a file goes through by its path within its file system. */
__attribute__((noinline)) int passes_within(__u32 sieve, __u64 file)
{
	struct dentry *dentry = TYPED(struct dentry, (void *)file);
	struct sieve *s = sieve_at(sieve);
	struct dentry *up;
	struct walk *w;
	__u32 at, zero = 0;

	w = bpf_map_lookup_elem(&walks, &zero);
	if (!w || !s)
		return 1;
	w->counts_at = 0;
	w->level = 0;
	for (int i = 0; i < SIEVE_DEPTH; i++) {
		up = LOAD(dentry->d_parent);
		if (up == dentry)
			return found(w);
		at = named(w, s, sieve, dentry, w->level != 0);
		if (at == ANY_DEPTH)
			return 1;
		add(w, at);
		dentry = up;
	}
	return 1;
}

/* passes says whether a file goes through a sieve. */
INLINE int passes(__u32 sieve, struct task_struct *task, struct file *file)
{
	struct dentry *dentry = LOAD(file->f_path.dentry), *root, *up;
	struct vfsmount *vfs = LOAD(file->f_path.mnt);
	struct sieve *s = sieve_at(sieve);
	struct mount *mnt, *above;
	struct walk *w;
	__u32 at, zero = 0;

	w = bpf_map_lookup_elem(&walks, &zero);
	if (!w || !s)
		return 1;
	if (s->verdict != VERDICT_LOOK)
		return s->verdict == VERDICT_ALL;
	w->counts_at = 0;
	w->level = w->part = 0;
	mnt = TYPED(struct mount, (void *)vfs - __builtin_preserve_field_info(((struct mount *)0)->mnt, 0));
	root = LOAD(mnt->mnt.mnt_root);
	for (int i = 0; i < SIEVE_DEPTH; i++) {
		up = LOAD(dentry->d_parent);
		if (dentry == root) {
			if (up != dentry)
				w->part = 1;
			else if (found(w) && rooted(task, vfs))
				return 1;
			above = LOAD(mnt->mnt_parent);
			if (above == mnt || !above) {
				if (found(w))
					return 1;
				return w->part && rooted(task, vfs) && passes_within(sieve, (__u64)PEEK(file->f_path.dentry));
			}
			dentry = LOAD(mnt->mnt_mountpoint);
			mnt = above;
			root = LOAD(mnt->mnt.mnt_root);
			continue;
		}
		at = named(w, s, sieve, dentry, w->level != 0);
		if (at == ANY_DEPTH)
			return 1;
		add(w, at);
		if (up == dentry)
			return 0; /* it stands in no directory */
		dentry = up;
	}
	return 1;
}

/* climbs says whether a name that a task gave goes up, or may. */
__attribute__((noinline)) int climbs(__u64 name)
{
	struct walk *w;
	__u32 zero = 0;
	long n;

	w = bpf_map_lookup_elem(&walks, &zero);
	if (!w)
		return 1;
	n = bpf_probe_read_user_str(w->given, GIVEN_BYTES, (void *)name);
	if (n <= 0 || n == GIVEN_BYTES)
		return 1;
	for (int i = 0; i < GIVEN_BYTES - 2 && i + 2 < n; i++)
		if (w->given[i] == '.' && w->given[i + 1] == '.' && w->given[i + 2] == '/')
			return 1;
	return 0;
}

#endif
