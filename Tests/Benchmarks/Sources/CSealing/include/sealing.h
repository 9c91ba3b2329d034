// A body sealed and opened by the same calls of libsodium that the library makes, in a loop that does nothing else.
#ifndef SEALING_H
#define SEALING_H

#include <stdint.h>

/// Seals `count` bodies, each with a nonce of its own. Returns a byte of each, added up.
uint64_t sealing_seal(uint64_t count);

/// Opens one body `count` times. Returns how many opened.
uint64_t sealing_open(uint64_t count);

#endif
