// Short numbers, such as 112: see ShortNumbers in PhoneNormalization. Included by CPhoneMetadata.h.
#pragma once
#include <stdint.h>

/// The short numbers of a region.
typedef struct {
    /// Bit n: short numbers of n digits are possible; 0 for a region without short numbers.
    uint16_t lengths;
    /// Where to start in the short-number automaton.
    uint16_t start;
    /// Offsets in `phone_short_strings`: an example of any short number and one for each cost; 0 without one.
    uint16_t example;
    uint16_t premium_rate_example;
    uint16_t standard_rate_example;
    uint16_t toll_free_example;
    /// An emergency number with more digits behind it connects to nobody.
    uint8_t emergency_is_exact;
} phone_short_region;

// An automaton: ten successors a state, state 0 accepts nothing.
PHONE_TABLE(uint16_t, short_successors)
PHONE_TABLE(uint8_t, short_outputs)
// In the order of `phone_regions`.
PHONE_TABLE(phone_short_region, short_regions)
PHONE_TABLE(uint8_t, short_strings)
