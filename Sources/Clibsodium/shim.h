#pragma once
#if __has_include(<sodium.h>)
#include <sodium.h>
#else
#error "libsodium is missing: install libsodium-dev (Debian, Ubuntu), libsodium-devel (Fedora) or libsodium (Homebrew)"
#endif

// Clears the vector registers that a function need not preserve; not inlined, so that the compiler knows nothing is left in them.
//
// Copies and ciphers leave secrets there, and the first call of any function of a shared library saves all of them on the stack: the
// dynamic linker does, while it looks the function up.
static __attribute__((noinline, unused)) void phone_identity_clear_vector_registers(void) {
#if defined(__x86_64__)
    if (sodium_runtime_has_avx512f()) {
        __asm__ volatile(
            "vpxorq %zmm16, %zmm16, %zmm16\n vpxorq %zmm17, %zmm17, %zmm17\n vpxorq %zmm18, %zmm18, %zmm18\n"
            "vpxorq %zmm19, %zmm19, %zmm19\n vpxorq %zmm20, %zmm20, %zmm20\n vpxorq %zmm21, %zmm21, %zmm21\n"
            "vpxorq %zmm22, %zmm22, %zmm22\n vpxorq %zmm23, %zmm23, %zmm23\n vpxorq %zmm24, %zmm24, %zmm24\n"
            "vpxorq %zmm25, %zmm25, %zmm25\n vpxorq %zmm26, %zmm26, %zmm26\n vpxorq %zmm27, %zmm27, %zmm27\n"
            "vpxorq %zmm28, %zmm28, %zmm28\n vpxorq %zmm29, %zmm29, %zmm29\n vpxorq %zmm30, %zmm30, %zmm30\n"
            "vpxorq %zmm31, %zmm31, %zmm31\n");
    }
    if (sodium_runtime_has_avx()) {
        __asm__ volatile("vzeroall");
    } else {
        __asm__ volatile(
            "pxor %xmm0, %xmm0\n pxor %xmm1, %xmm1\n pxor %xmm2, %xmm2\n pxor %xmm3, %xmm3\n"
            "pxor %xmm4, %xmm4\n pxor %xmm5, %xmm5\n pxor %xmm6, %xmm6\n pxor %xmm7, %xmm7\n"
            "pxor %xmm8, %xmm8\n pxor %xmm9, %xmm9\n pxor %xmm10, %xmm10\n pxor %xmm11, %xmm11\n"
            "pxor %xmm12, %xmm12\n pxor %xmm13, %xmm13\n pxor %xmm14, %xmm14\n pxor %xmm15, %xmm15\n");
    }
#elif defined(__aarch64__)
    __asm__ volatile(
        "movi v0.2d, #0\n movi v1.2d, #0\n movi v2.2d, #0\n movi v3.2d, #0\n movi v4.2d, #0\n movi v5.2d, #0\n movi v6.2d, #0\n"
        "movi v7.2d, #0\n movi v16.2d, #0\n movi v17.2d, #0\n movi v18.2d, #0\n movi v19.2d, #0\n movi v20.2d, #0\n"
        "movi v21.2d, #0\n movi v22.2d, #0\n movi v23.2d, #0\n movi v24.2d, #0\n movi v25.2d, #0\n movi v26.2d, #0\n"
        "movi v27.2d, #0\n movi v28.2d, #0\n movi v29.2d, #0\n movi v30.2d, #0\n movi v31.2d, #0\n");
#endif
}
