#pragma once
#if __has_include(<libpq-fe.h>)
#include <libpq-fe.h>
#elif __has_include(<postgresql/libpq-fe.h>)
#include <postgresql/libpq-fe.h>
#else
#error "libpq is missing: install libpq-dev (Debian, Ubuntu), libpq-devel (Fedora) or libpq (Homebrew)"
#endif
#ifndef LIBPQ_HAS_PIPELINING
#error "libpq is too old: version 14 or later is needed"
#endif
#if __linux__
// Swift's Glibc module leaves it out.
#include <sys/epoll.h>
#endif
