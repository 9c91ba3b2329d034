#include "sealing.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { head_length = 88, nonce_offset = 64, nonce_length = 24, commitment_length = 32, number_length = 32, body_length = 168 };

/// What is drawn once: both keys, the number, and the header up to its nonce, in memory that libsodium guards.
typedef struct {
    uint8_t data_key[32], shred_key[32], number[number_length], header[nonce_offset];
} parties;

static parties *drawn(void) {
    static parties *drawn;
    if (drawn == NULL) {
        if (sodium_init() < 0 || (drawn = sodium_malloc(sizeof *drawn)) == NULL) abort();
        randombytes_buf(drawn, sizeof *drawn);
    }
    return drawn;
}

static void append(crypto_generichash_state *state, const void *field, uint32_t length) {
    const uint8_t prefix[4] = {(uint8_t)(length >> 24), (uint8_t)(length >> 16), (uint8_t)(length >> 8), (uint8_t)length};
    crypto_generichash_update(state, prefix, sizeof prefix);
    crypto_generichash_update(state, field, length);
}

/// The key and the commitment, 32 bytes each.
static void derive(const parties *with, const uint8_t *header, uint8_t both[64]) {
    static const char label[] = "SPNI/v1/body";
    crypto_generichash_state state;
    crypto_generichash_init(&state, with->data_key, sizeof with->data_key, 64);
    append(&state, label, sizeof label - 1);
    append(&state, with->shred_key, sizeof with->shred_key);
    append(&state, header, head_length);
    crypto_generichash_final(&state, both, 64);
    sodium_memzero(&state, sizeof state);
}

static void seal(const parties *with, uint8_t body[body_length]) {
    uint8_t both[64];
    memcpy(body, with->header, nonce_offset);
    randombytes_buf(body + nonce_offset, nonce_length);
    derive(with, body, both);
    memcpy(body + head_length, both + 32, commitment_length);
    crypto_aead_xchacha20poly1305_ietf_encrypt(
        body + head_length + commitment_length, NULL, with->number, number_length, body, head_length, NULL, body + nonce_offset, both);
    sodium_memzero(both, sizeof both);
}

static int open_body(const parties *with, const uint8_t body[body_length], uint8_t number[number_length]) {
    uint8_t both[64];
    int result = -1;
    derive(with, body, both);
    if (sodium_memcmp(both + 32, body + head_length, commitment_length) == 0) {
        result = crypto_aead_xchacha20poly1305_ietf_decrypt(
            number, NULL, NULL, body + head_length + commitment_length, body_length - head_length - commitment_length, body, head_length,
            body + nonce_offset, both);
    }
    sodium_memzero(both, sizeof both);
    return result;
}

uint64_t sealing_seal(uint64_t count) {
    const parties *with = drawn();
    uint64_t sum = 0;
    for (uint64_t index = 0; index < count; index++) {
        uint8_t body[body_length];
        seal(with, body);
        sum += body[body_length - 1];
    }
    return sum;
}

uint64_t sealing_open(uint64_t count) {
    const parties *with = drawn();
    uint8_t body[body_length];
    seal(with, body);
    uint64_t opened = 0;
    for (uint64_t index = 0; index < count; index++) {
        uint8_t number[number_length];
        opened += open_body(with, body, number) == 0;
        sodium_memzero(number, sizeof number);
    }
    return opened;
}
