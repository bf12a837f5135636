/* Both ends of SMTP for benchmarks/sending.py, as fast as a simple program gets them. Nothing is delivered.
 *
 *   smtp_peer sink LOG RTT_MS ACCEPT_MS       takes every message; prints its port, then, once its standard
 *                                             input ends, a line of JSON; LOG gets one recipient a line
 *   smtp_peer load PORT CONNECTIONS MESSAGES  sends the message on its standard input that often, enveloped
 *                                             and pipelined as RFC 2920 allows; prints a line of JSON
 *
 * Build: cc -O2 -pthread -o smtp_peer _smtp_peer.c. One thread per connection. A sink's answers to what came
 * in one piece go out together, RTT_MS later, and ACCEPT_MS later still for each message among it: so a
 * distant and busy server looks to one connection.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BUFFER = 1 << 18, REPLIES = 1 << 14 };

static FILE *log_file;
static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;
static long rtt_ms, accept_ms;
static atomic_long accepted;
static double first_at, last_at;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static int send_all(int fd, const char *data, size_t size) {
    while (size > 0) {
        ssize_t sent = send(fd, data, size, MSG_NOSIGNAL);
        if (sent <= 0) return -1;
        data += sent;
        size -= (size_t)sent;
    }
    return 0;
}

/* ---- sink ---- */

static void take(const char *recipient) {
    pthread_mutex_lock(&log_lock);
    fprintf(log_file, "%s\n", recipient);
    last_at = now();
    if (atomic_fetch_add(&accepted, 1) == 0) first_at = last_at;
    pthread_mutex_unlock(&log_lock);
}

/* The answer to one command line; *in_data is set when its content follows. */
static const char *answer(char *line, char *recipient, int *in_data) {
    if (!strncasecmp(line, "EHLO", 4))
        return "250-sink.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 52428800\r\n";
    if (!strncasecmp(line, "RCPT TO:<", 9)) {
        char *end = strchr(line + 9, '>');
        snprintf(recipient, 300, "%.*s", (int)(end ? end - line - 9 : 0), line + 9);
        return "250 2.1.5 Ok\r\n";
    }
    if (!strncasecmp(line, "DATA", 4)) {
        *in_data = 1;
        return "354 End data with <CR><LF>.<CR><LF>\r\n";
    }
    return strncasecmp(line, "QUIT", 4) ? "250 2.1.0 Ok\r\n" : "221 2.0.0 Bye\r\n";
}

static void *serve(void *argument) {
    int fd = (int)(long)argument, in_data = 0, one = 1, quit = 0;
    size_t held = 0, got, used;
    char *buffer = malloc(BUFFER + 1), replies[REPLIES], recipient[300] = "";
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    send_all(fd, "220 sink.example ESMTP\r\n", 24);
    while (!quit) {
        ssize_t count = recv(fd, buffer + held, BUFFER - held, 0);
        if (count <= 0) break;
        got = held + (size_t)count;
        used = 0;
        *replies = 0;
        long wait_ms = 0;
        for (;;) {
            char *end, *start = buffer + used;
            if (in_data) {
                if (!(end = memmem(start, got - used, "\r\n.\r\n", 5))) {
                    if (got - used > 4) used = got - 4; /* the end may be cut in two */
                    break;
                }
                used = (size_t)(end - buffer) + 5;
                in_data = 0;
                wait_ms += accept_ms;
                take(recipient);
                strcat(replies, "250 2.0.0 Ok: queued\r\n");
            } else {
                if (!(end = memchr(start, '\n', got - used))) break;
                *end = 0;
                used = (size_t)(end - buffer) + 1;
                strcat(replies, answer(start, recipient, &in_data));
                quit |= !strncasecmp(start, "QUIT", 4);
            }
            if (strlen(replies) > REPLIES - 512) exit(2); /* nobody pipelines that deep */
        }
        held = got - used;
        memmove(buffer, buffer + used, held);
        if (!*replies) continue;
        wait_ms += rtt_ms;
        if (wait_ms) usleep((useconds_t)wait_ms * 1000);
        if (send_all(fd, replies, strlen(replies))) break;
    }
    close(fd);
    free(buffer);
    return NULL;
}

static void *listen_for_ever(void *argument) {
    int listener = (int)(long)argument, fd;
    pthread_t thread;
    while ((fd = accept(listener, NULL, NULL)) >= 0) {
        if (pthread_create(&thread, NULL, serve, (void *)(long)fd)) fail("pthread_create");
        pthread_detach(thread);
    }
    return NULL;
}

static int sink(char **arguments) {
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    pthread_t thread;
    if (!(log_file = fopen(arguments[0], "w"))) fail(arguments[0]);
    rtt_ms = atol(arguments[1]);
    accept_ms = atol(arguments[2]);
    if (bind(listener, (struct sockaddr *)&at, size) || listen(listener, 512)) fail("listen");
    getsockname(listener, (struct sockaddr *)&at, &size);
    printf("%d\n", ntohs(at.sin_port));
    fflush(stdout);
    if (pthread_create(&thread, NULL, listen_for_ever, (void *)(long)listener)) fail("pthread_create");
    while (getchar() != EOF) {
    }
    pthread_mutex_lock(&log_lock);
    fflush(log_file);
    printf("{\"accepted\": %ld, \"span_s\": %.6f}\n", atomic_load(&accepted), last_at - first_at);
    return 0;
}

/* ---- load ---- */

static struct sockaddr_in server;
static char *message;
static size_t message_size;
static atomic_long left;

static void await_lines(int fd, int wanted) {
    char buffer[4096];
    while (wanted > 0) {
        ssize_t count = recv(fd, buffer, sizeof buffer, 0);
        if (count <= 0) fail("the sink hung up");
        for (ssize_t i = 0; i < count; i++) wanted -= buffer[i] == '\n';
    }
}

static void *send_messages(void *nothing) {
    int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1, begun = 0;
    char *out = malloc(message_size + 300), *envelope = out + message_size;
    long number;
    memcpy(out, message, message_size);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(fd, (struct sockaddr *)&server, sizeof server)) fail("connect");
    send_all(fd, "EHLO load.example\r\n", 19);
    await_lines(fd, 5); /* the greeting and four offers */
    while ((number = atomic_fetch_sub(&left, 1)) > 0) {
        size_t size = (size_t)snprintf(
            envelope, 300, "MAIL FROM:<a@example.org>\r\nRCPT TO:<reader%ld@example.net>\r\nDATA\r\n", number);
        /* The next envelope goes out with the content before it. */
        send_all(fd, begun ? out : envelope, begun ? message_size + size : size);
        await_lines(fd, begun ? 4 : 3);
        begun = 1;
    }
    if (begun) {
        send_all(fd, out, message_size);
        await_lines(fd, 1);
    }
    close(fd);
    free(out);
    return nothing;
}

static int load(char **arguments) {
    int connections = atoi(arguments[1]);
    long messages = atol(arguments[2]);
    pthread_t threads[512];
    struct rusage used;
    server = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(arguments[0])),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    message = malloc(1 << 20);
    message_size = fread(message, 1, (1 << 20) - 8, stdin);
    memcpy(message + message_size, ".\r\n", 3);
    message_size += 3;
    atomic_store(&left, messages);
    double start = now();
    for (int i = 0; i < connections; i++)
        if (pthread_create(&threads[i], NULL, send_messages, NULL)) fail("pthread_create");
    for (int i = 0; i < connections; i++) pthread_join(threads[i], NULL);
    double wall_s = now() - start;
    getrusage(RUSAGE_SELF, &used);
    printf("{\"wall_s\": %.6f, \"cpu_s\": %.6f}\n", wall_s,
           used.ru_utime.tv_sec + used.ru_stime.tv_sec + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6);
    return 0;
}

int main(int count, char **arguments) {
    if (count == 5 && !strcmp(arguments[1], "sink")) return sink(arguments + 2);
    if (count == 5 && !strcmp(arguments[1], "load") && atoi(arguments[3]) <= 512) return load(arguments + 2);
    fprintf(stderr, "see the top of _smtp_peer.c\n");
    return 2;
}
