/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a program may call in the kernel, and how it reads the kernel's structures. Numbers of helpers are part of the
 * kernel's user interface (uapi/linux/bpf.h). All of these exist since Linux 5.8. */
#ifndef LYNCEUS_HELPERS_H
#define LYNCEUS_HELPERS_H

typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef unsigned long long __u64;
typedef int __s32;
typedef long long __s64;

#define NULL ((void *)0)

#define SEC(name) __attribute__((section(name), used))
#define INLINE static inline __attribute__((always_inline))
#define NOINLINE static __attribute__((noinline))
#define KERNEL __attribute__((preserve_access_index))

/* How a map says what it is made of: sizes in array types, read from BTF by the loader. */
#define NUMBER(name, value) int (*name)[value]
#define TYPE(name, type) __typeof__(type) *name

#define BPF_MAP_TYPE_HASH 1
#define BPF_MAP_TYPE_ARRAY 2
#define BPF_MAP_TYPE_PERCPU_ARRAY 6
#define BPF_MAP_TYPE_LRU_HASH 9
#define BPF_MAP_TYPE_LPM_TRIE 11
#define BPF_MAP_TYPE_RINGBUF 27

#define BPF_ANY 0
#define BPF_NOEXIST 1
#define BPF_F_NO_PREALLOC 1

#define BPF_RB_NO_WAKEUP 1
#define BPF_RB_FORCE_WAKEUP 2

static void *(*bpf_map_lookup_elem)(void *map, const void *key) = (void *)1;
static long (*bpf_map_update_elem)(void *map, const void *key, const void *value, __u64 flags) = (void *)2;
static long (*bpf_map_delete_elem)(void *map, const void *key) = (void *)3;
static long (*bpf_skb_load_bytes)(void *skb, __u32 offset, void *to, __u32 len) = (void *)26;
static void *(*bpf_get_current_task)(void) = (void *)35;
static long (*bpf_send_signal)(__u32 number) = (void *)109;
static __u64 (*bpf_get_socket_cookie)(void *ctx) = (void *)46;
static long (*bpf_probe_read_user)(void *dst, __u32 size, const void *from) = (void *)112;
static long (*bpf_probe_read_kernel)(void *dst, __u32 size, const void *from) = (void *)113;
static long (*bpf_probe_read_user_str)(void *dst, __u32 size, const void *from) = (void *)114;
static long (*bpf_probe_read_kernel_str)(void *dst, __u32 size, const void *from) = (void *)115;
static __u64 (*bpf_ktime_get_boot_ns)(void) = (void *)125;
static long (*bpf_seq_write)(void *seq, const void *data, __u32 len) = (void *)127;
static long (*bpf_ringbuf_output)(void *ring, void *data, __u64 size, __u64 flags) = (void *)130;
static void *(*bpf_ringbuf_reserve)(void *ring, __u64 size, __u64 flags) = (void *)131;
static void (*bpf_ringbuf_submit)(void *data, __u64 flags) = (void *)132;
static void (*bpf_ringbuf_discard)(void *data, __u64 flags) = (void *)133;
/* Since Linux 5.11 and 5.15: for hooks that are younger. */
static void *(*bpf_get_current_task_btf)(void) = (void *)158;
static void *(*bpf_task_pt_regs)(void *task) = (void *)175;

/* PEEK reads one field through a pointer that the verifier does not follow itself. What cannot be read is zero. */
#define PEEK(place)                                                    \
	({                                                             \
		__typeof__(place) peeked = 0;                          \
		bpf_probe_read_kernel(&peeked, sizeof(peeked), &(place)); \
		peeked;                                                \
	})

/* A kernel since 6.2 takes the program's word for what a pointer points to, and lets it follow it without a call. The
 * loader says whether it does. */
extern void *bpf_rdonly_cast(const void *pointer, __u32 type) __attribute__((section(".ksyms"), weak));
volatile const __u32 typed = 0;

/* TYPED is a pointer whose places LOAD reads, in the quickest way that this kernel has. What cannot be read is zero. LOAD
 * follows one pointer: LOAD(LOAD(a->b)->c). */
#define TYPED(type, pointer) \
	((type *)(typed ? bpf_rdonly_cast(pointer, __builtin_btf_type_id(*(type *)0, 1)) : (void *)(pointer)))
#define LOAD(place) (typed ? (place) : PEEK(place))

/* POINTED is the pointer that stands at a place which has no type that LOAD could use. */
#define POINTED(place) ((void *)LOAD(TYPED(struct llist_node, place)->next))

/* EXISTS says whether this kernel's structure has the field. */
#define EXISTS(place) __builtin_preserve_field_info(place, 2)

/* OPAQUE hides from the compiler where a number came from, so that it leaves the bounds checks that follow where the
 * verifier sees them. */
#define OPAQUE(number) __asm__ volatile("" : "+r"(number))

#endif
