// Names of carriers as constant tables: pages that nobody writes, shared by every process,
// nothing to load and nothing to free. Documentation/PhoneMetadata.md explains how they are made.
#pragma once
#include <stdint.h>

#include "phone_carrier_sizes.h"

#if !defined(__clang__)
#define _Nonnull
#endif

#define PHONE_TABLE(type, name) \
    extern const type phone_carrier_##name[]; \
    static inline const type *_Nonnull phone_carrier_table_##name(void) { return phone_carrier_##name; }

/// From the first digits of a number in E.164 to the carrier its range was given to.
///
/// Nodes of an automaton over digits, in units of 21 bits, three a word, the first in the lowest bits; the root is at unit 0.
/// A node is a head, its value if it has one, and a target for each run of digits with the same target. Head: bit d (0...8), a
/// run begins at digit d + 1; bit 9, the node has a value. Target: 0, nothing begins so; bit 20, the place of another
/// node; else a value. Value: below 65,536 the number of an English name; else 65,536 more than a place in the tuples.
PHONE_TABLE(uint64_t, units)
/// Tuples of names: the index of a combination, then the number of a name for each language in it, in the languages' order.
PHONE_TABLE(uint16_t, tuples)
/// Which languages are in a tuple, as bits.
PHONE_TABLE(uint64_t, combinations)
/// Two letters each, the first in the low byte; upper-case letters are the language in its traditional script.
PHONE_TABLE(uint16_t, languages)
/// The names by number, each ending with code 0; bytes in words, the first in the lowest bits. A code below FIRST_LONG_CODE
/// takes one byte, any other two.
PHONE_TABLE(uint64_t, text)
/// Where every 16th name begins in the text.
PHONE_TABLE(uint32_t, text_blocks)
/// What a code stands for: a byte of UTF-8, or two codes, the second in the upper half.
PHONE_TABLE(uint32_t, phrases)

#undef PHONE_TABLE
