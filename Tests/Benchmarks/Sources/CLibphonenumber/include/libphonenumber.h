// Google's C++ library as Debian builds it, on inputs that are handed over before anything is measured.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A number as typed, to be parsed.
void libphonenumber_add_number(const char *region, const char *text, size_t length);
/// ASCII characters, to be typed one after the other.
void libphonenumber_add_typed(const char *region, const char *text, size_t length);
/// A text with numbers in it.
void libphonenumber_add_text(const char *region, const char *text, size_t length);

// Each works through all inputs of its kind and returns how many it could make something of.
int64_t libphonenumber_parse(void);
/// Parses, and for each number says whether it is valid, of which type it is, and what it is in E.164.
int64_t libphonenumber_full(void);
/// How many bytes were shown, all keystrokes together.
int64_t libphonenumber_type(void);
/// How many numbers were found, with leniency VALID.
int64_t libphonenumber_find(void);

#ifdef __cplusplus
}
#endif
