#!/bin/sh
# Compiles src/*.bpf.c into objects beside this file and writes down which sources and which compiler they are from.
# The bytes depend on the compiler, so only one is taken: clang 16 of Debian 12.
set -eu
cd "$(dirname "$0")"
want='Debian clang version 16.0.6 (15~deb12u1)'
have=$(clang-16 --version | head -n 1) || { echo 'make bpf: install clang-16 and llvm-16 of Debian 12' >&2; exit 1; }
[ "$have" = "$want" ] || { echo "make bpf: the objects are made by \"$want\", this is \"$have\"" >&2; exit 1; }
for source in src/*.bpf.c; do
	object=$(basename "$source" .c).o
	clang-16 -target bpfel -mcpu=v3 -O2 -g -Wall -Wextra -Werror -fno-ident "-fdebug-prefix-map=$PWD=." -c "$source" -o "$object"
	llvm-strip-16 -g "$object"
done
{ echo "# $have"; sha256sum src/* ./*.o; } >objects.sha256
