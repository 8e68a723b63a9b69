#!/bin/sh
# Compiles the programs here with Debian's toolchains (bookworm):
#   apt-get install clang lld wasi-libc libclang-rt-14-dev-wasm32 \
#     libc++-14-dev-wasm32 libc++abi-14-dev-wasm32 rustc libstd-rust-dev-wasm32
set -eu
cd "$(dirname "$0")"
c="clang --target=wasm32-wasi -Oz -s"
$c files.c -o files.wasm
$c -mexec-model=reactor guest-abi.c -o guest-abi.wasm
clang++ --target=wasm32-wasi -Oz -s -fno-exceptions -stdlib=libc++ shapes.cpp -o shapes.wasm
/usr/bin/rustc --target wasm32-wasi -C opt-level=z -C lto -C strip=symbols -C panic=abort -C linker=wasm-ld words.rs -o words.wasm
