// The numbering plans of the world as constant tables: pages that nobody writes, shared by every process,
// nothing to load and nothing to free. Documentation/PhoneMetadata.md explains each table.
#pragma once
#include <stdint.h>

#include "phone_metadata_version.h"

/// The numbering plan of a region or of a non-geographic country calling code.
typedef struct {
    /// Bit n: national significant numbers of n digits are possible.
    uint32_t lengths;
    /// Bit n: n digits can be dialled locally, but are not a whole number.
    uint32_t local_lengths;
    /// Where to start in the number automaton.
    uint16_t start;
    /// Where to start in the prefix automaton to find the national prefix; 0 without one.
    uint16_t national_prefix;
    /// Where to start in the prefix automaton to find the international prefix; 0 without one.
    uint16_t international_prefix;
    /// Offset in `phone_strings` of the digits a transform rule puts in front.
    uint16_t transform;
    /// Offset in `phone_strings` of the national prefix, which may have a tilde where a second dial tone is waited for.
    uint16_t dialled_national_prefix;
    /// Offsets in `phone_strings` of what is dialled in front of another country's code; empty where there are several ways. The
    /// second prefers the plan's only prefix to the one it recommends.
    uint16_t dialled_international_prefix;
    uint16_t only_international_prefix;
    uint16_t calling_code;
    /// Two letters, the first in the low byte; 0 for a non-geographic code.
    uint16_t letters;
    uint8_t shortest;
    uint8_t longest;
} phone_region;

/// Possible lengths of one kind of number, as bit sets.
typedef struct {
    uint32_t lengths;
    uint32_t local_lengths;
} phone_lengths;

/// What a region's plan has of one kind of number.
typedef struct {
    /// Index in `phone_kind_lengths`; 0 where the plan does not know the kind.
    uint16_t lengths;
    /// Offset in `phone_strings` of an example; empty without one.
    uint16_t example;
} phone_kind;

/// A country calling code.
typedef struct {
    uint16_t calling_code;
    /// Where to start in the number automaton to find region and descriptions in one walk.
    uint16_t start;
    /// Indices of format sets.
    uint16_t national_formats;
    uint16_t international_formats;
    /// Index of the first set of other groupings that people use.
    uint16_t alternate_formats;
    /// Offset in `phone_strings` of the text in front of an extension.
    uint16_t extension_label;
    /// Offset in `phone_code_regions`.
    uint16_t first_region;
    /// Index of the region whose plan speaks for the code.
    uint8_t main_region;
    uint8_t region_count;
    uint8_t alternate_count;
} phone_code;

/// How one kind of number is written.
typedef struct {
    /// Offsets in `phone_strings`; bytes 1...7 stand for groups of digits, 8 for a carrier code.
    uint16_t national;
    uint16_t international;
    uint16_t rfc3966;
    /// With a carrier code; 0 where there is no way to write one.
    uint16_t carrier;
    /// Offset in `phone_format_widths` of the entry for `shortest` digits; the same offset is the same pattern.
    uint16_t widths;
    /// Bits: has a rule for the national prefix, the first group alone, optional, carrier rule, spaced, typable, digits in front.
    uint8_t rules;
    uint8_t shortest;
    uint8_t longest;
} phone_format;

/// An ordered list of formats: the first that fits by leading digits and by length is used.
typedef struct {
    /// Where to start in the leading-digit automaton.
    uint16_t start;
    uint16_t first_format;
    /// Offset in `phone_typing_levels` of the starts for three, four, … typed digits; the last is for all that follow.
    uint16_t levels;
    uint8_t level_count;
    uint8_t count;
    /// Bit n: format n asks for no leading digits.
    uint32_t always;
    /// By number of digits; bit n: format n takes so many.
    uint32_t by_length[18];
} phone_format_set;

#if !defined(__clang__)
#define _Nonnull
#endif

#define PHONE_TABLE(type, name) \
    extern const type phone_##name[]; \
    static inline const type *_Nonnull phone_table_##name(void) { return phone_##name; }

// Automata: ten successors a state, state 0 accepts nothing.
PHONE_TABLE(uint16_t, number_successors)
PHONE_TABLE(uint32_t, number_outputs)
PHONE_TABLE(uint16_t, leading_successors)
PHONE_TABLE(uint32_t, leading_outputs)
PHONE_TABLE(uint16_t, prefix_successors)
PHONE_TABLE(uint16_t, prefix_actions)
PHONE_TABLE(uint16_t, prefix_carriers)

PHONE_TABLE(uint8_t, strings)
PHONE_TABLE(phone_region, regions)
PHONE_TABLE(phone_kind, kinds)
PHONE_TABLE(phone_lengths, kind_lengths)
PHONE_TABLE(uint8_t, region_by_letters)
// Regions whose mobile numbers can move to another carrier: by first letter, the second as bits.
PHONE_TABLE(uint32_t, portable_regions)
PHONE_TABLE(phone_code, codes)
PHONE_TABLE(uint8_t, code_by_value)
PHONE_TABLE(uint8_t, code_regions)
PHONE_TABLE(phone_format, formats)
PHONE_TABLE(uint32_t, format_widths)
PHONE_TABLE(phone_format_set, format_sets)
PHONE_TABLE(uint16_t, typing_levels)
PHONE_TABLE(uint32_t, digit_zeros)
PHONE_TABLE(uint8_t, byte_kinds)
PHONE_TABLE(uint16_t, symbol_traits)
// Symbols of characters up to PHONE_LAST_CHARACTER, in blocks of 64.
PHONE_TABLE(uint8_t, character_blocks)
PHONE_TABLE(uint16_t, characters)

#include "phone_short_numbers.h"
#include "phone_time_zones.h"

#undef PHONE_TABLE
