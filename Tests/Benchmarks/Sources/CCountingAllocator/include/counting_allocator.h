// Counts what the process asks the heap for: the program's own malloc stands in front of the C library's.
#pragma once
#include <stdint.h>

/// Allocations and reallocations so far, by any thread.
int64_t counted_allocations(void);
