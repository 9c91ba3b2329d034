#pragma once
#if __has_include(<sodium.h>)
#include <sodium.h>
#else
#error "libsodium is missing: install libsodium-dev (Debian, Ubuntu), libsodium-devel (Fedora) or libsodium (Homebrew)"
#endif
