/* The least that an SMPP client can be: binds, then writes the same submit_sm over and over with a window of messages without an answer, and counts answers.
 * What it reaches is what the message centre lets anybody reach.
 *
 *   bare PORT COUNT WINDOW     prints messages a second
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { longest = 65536 };
static unsigned char in[longest], out[longest];
static size_t held;
static int connection;

static void put(unsigned char *at, uint32_t value) {
    value = htonl(value);
    memcpy(at, &value, 4);
}

static uint32_t get(const unsigned char *at) {
    uint32_t value;
    memcpy(&value, at, 4);
    return ntohl(value);
}

static void fail(const char *what) {
    fprintf(stderr, "bare: %s\n", what);
    exit(1);
}

static void write_all(const unsigned char *bytes, size_t count) {
    while (count > 0) {
        ssize_t done = write(connection, bytes, count);
        if (done <= 0) fail("the connection was lost");
        bytes += done;
        count -= (size_t)done;
    }
}

/* Reads once, and returns how many answers of that kind came, all of which must say that all is well. */
static long answers(uint32_t command) {
    ssize_t count = read(connection, in + held, sizeof in - held);
    if (count <= 0) fail("the connection was lost");
    held += (size_t)count;
    long found = 0;
    size_t at = 0;
    while (held - at >= 16 && get(in + at) <= held - at) {
        if (get(in + at + 4) == command) {
            if (get(in + at + 8) != 0) fail("a message was refused");
            found += 1;
        }
        at += get(in + at);
    }
    memmove(in, in + at, held - at);
    held -= at;
    return found;
}

static size_t unit(unsigned char *at, uint32_t command, const void *body, size_t count) {
    put(at, (uint32_t)(16 + count));
    put(at + 4, command);
    put(at + 8, 0);
    put(at + 12, 1);
    memcpy(at + 16, body, count);
    return 16 + count;
}

int main(int argc, char **argv) {
    if (argc != 4) fail("PORT COUNT WINDOW");
    long count = atol(argv[2]), window = atol(argv[3]);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1]))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connection = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(connection, (struct sockaddr *)&address, sizeof address) != 0) fail("nobody listens");
    int yes = 1;
    setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    static const char bind[] = "phone\0secret\0\0\x34\0\0";
    write_all(out, unit(out, 9, bind, sizeof bind));
    while (answers(0x80000009) == 0) {}
    /* As the gateway writes it: from Example, a receipt asked for, 28 characters, user_message_reference. */
    static const char message[] =
        "\0\5\0Example\0\1\1" "41791000000\0\0\0\0\0\0\1\0\0\0\x1C" "Example: your code is 123456" "\x02\x04\0\2\x12\x34";
    unsigned char submit[256];
    size_t length = unit(submit, 4, message, sizeof message - 1);
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    long sent = 0, answered = 0;
    while (answered < count) {
        size_t filled = 0;
        while (sent < count && sent - answered < window && filled + length <= sizeof out) {
            memcpy(out + filled, submit, length);
            sent += 1;
            put(out + filled + 12, (uint32_t)sent + 1);
            filled += length;
        }
        if (filled > 0) write_all(out, filled);
        answered += answers(0x80000004);
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    printf("%.0f\n", (double)count / ((double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9));
    return 0;
}
