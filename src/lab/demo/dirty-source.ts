/**
 * The C source of the sample image `dirty`. It is compiled with tcc and musl while the root filesystem is
 * built, for a static program of 50 KB in a moment, without a compiler in the cache.
 */
export const dirtySource = String.raw`/*
 * A workload that shows whether memory was moved whole: it holds pages of pseudo-random words, writes to
 * some of them all the time, and can tell at any moment whether each page is the one it has to be.
 *
 *   dirty [mib=64] [rate=1000] [hot=8] [seed=1] [port=7000]
 *
 * mib: what it holds; rate: pages written per second, one after the other over the first hot MiB.
 * It answers one line to each line on its port: "check", "count", "rate 5000", "hot 16". SIGUSR1 is
 * "check" to standard output.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { words = 512, per_mib = 256, clients = 16, line = 256, tick_ms = 20, longest_ms = 200 };

static uint64_t mib = 64, rate = 1000, hot = 8, seed = 1, port = 7000;
static uint64_t pages, count, written, next;
static uint64_t *memory;    /* what is to be moved */
static uint32_t *versions;  /* how often each page was written: the books that memory is held against */
static volatile sig_atomic_t asked, ended;

struct client { int fd, got; char text[line]; };
static struct client client[clients];

static uint64_t mix(uint64_t x) {
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
  x = (x ^ x >> 27) * 0x94d049bb133111ebu;
  return x ^ x >> 31;
}

/* The words of a page come from its number, which no two share; its first and last one from its version, too. */
static uint64_t start(uint64_t page) { return mix(seed * 0x9e3779b97f4a7c15u + page); }
static uint64_t step(uint64_t x) { return x * 6364136223846793005u + 1442695040888963407u; }
static uint64_t edge(uint64_t page, uint64_t version) { return mix(start(page) + version); }

static void fill(void) {
  for (uint64_t p = 0; p < pages; p++) {
    uint64_t x = start(p), *to = memory + p * words;
    for (int i = 1; i < words - 1; i++) { x = step(x); to[i] = x ^ x >> 29; }
    to[0] = edge(p, 0);
    to[words - 1] = ~edge(p, 0);
  }
}

static void write_pages(uint64_t n) {
  uint64_t area = hot * per_mib < pages ? hot * per_mib : pages;
  for (; n > 0; n--) {
    if (next >= area) next = 0;
    uint64_t p = next++, to = edge(p, ++versions[p]);
    memory[p * words] = to;
    memory[p * words + words - 1] = ~to;
    written++;
  }
}

/* Walks over all memory, and makes the same walk over what the books say. */
static int check(char *to) {
  uint64_t found = 0, due = 0, bad = 0, first = 0;
  for (uint64_t p = 0; p < pages; p++) {
    uint64_t x = start(p), e = edge(p, versions[p]), f = p, d = p;
    const uint64_t *at = memory + p * words;
    for (int i = 0; i < words; i++) {
      uint64_t w;
      if (i == 0) w = e;
      else if (i == words - 1) w = ~e;
      else { x = step(x); w = x ^ x >> 29; }
      f = (f ^ at[i]) * 0x100000001b3u;
      d = (d ^ w) * 0x100000001b3u;
    }
    if (f != d && bad++ == 0) first = p;
    found += mix(f);
    due += mix(d);
  }
  int n = sprintf(to, "count=%llu written=%llu pages=%llu memory=%016llx due=%016llx bad=%llu",
    (unsigned long long)count, (unsigned long long)written, (unsigned long long)pages,
    (unsigned long long)found, (unsigned long long)due, (unsigned long long)bad);
  if (bad > 0) n += sprintf(to + n, " first=%llu", (unsigned long long)first);
  return n + sprintf(to + n, "\n");
}

static int answer(const char *ask, char *to) {
  char *end;
  if (strcmp(ask, "check") == 0) return check(to);
  if (strcmp(ask, "count") == 0)
    return sprintf(to, "count=%llu written=%llu\n", (unsigned long long)count, (unsigned long long)written);
  uint64_t *what = strncmp(ask, "rate ", 5) == 0 ? &rate : strncmp(ask, "hot ", 4) == 0 ? &hot : NULL;
  if (what == NULL) return sprintf(to, "error: say check, count, rate N or hot N\n");
  const char *digits = strchr(ask, ' ') + 1;
  uint64_t n = strtoull(digits, &end, 10);
  if (*digits < '0' || *digits > '9' || *end != 0 || (what == &hot && n == 0))
    return sprintf(to, "error: not a number that can be used\n");
  *what = n;
  return sprintf(to, "rate=%llu hot=%llu\n", (unsigned long long)rate, (unsigned long long)hot);
}

static void hang_up(struct client *c) { close(c->fd); c->fd = -1; c->got = 0; }

static void serve(struct client *c) {
  char to[line];
  ssize_t n = read(c->fd, c->text + c->got, line - 1 - c->got);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n <= 0) { hang_up(c); return; }
  c->got += n;
  for (;;) {
    char *end = memchr(c->text, '\n', c->got);
    if (end == NULL) break;
    *end = 0;
    if (end > c->text && end[-1] == '\r') end[-1] = 0;
    int length = answer(c->text, to);
    if (write(c->fd, to, length) != length) { hang_up(c); return; }
    c->got -= end + 1 - c->text;
    memmove(c->text, end + 1, c->got);
  }
  if (c->got == line - 1) hang_up(c);
}

static void welcome(int listener) {
  int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) return;
  for (int i = 0; i < clients; i++)
    if (client[i].fd < 0) { client[i].fd = fd; return; }
  close(fd);
}

static int listen_on(uint64_t at) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(at)};
  int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, clients) != 0) {
    perror("dirty: port");
    exit(1);
  }
  return fd;
}

static void on_signal(int number) { if (number == SIGUSR1) asked = 1; else ended = 1; }

static uint64_t now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void read_words(int argc, char **argv) {
  static const struct { const char *name; uint64_t *to; } known[] = {
    {"mib=", &mib}, {"rate=", &rate}, {"hot=", &hot}, {"seed=", &seed}, {"port=", &port}};
  for (int i = 1; i < argc; i++) {
    unsigned k = 0;
    while (k < 5 && strncmp(argv[i], known[k].name, strlen(known[k].name)) != 0) k++;
    char *end = "?";
    if (k < 5) *known[k].to = strtoull(argv[i] + strlen(known[k].name), &end, 10);
    if (*end != 0 || mib == 0 || hot == 0) {
      fprintf(stderr, "dirty: what is \"%s\"? say mib=64 rate=1000 hot=8 seed=1 port=7000\n", argv[i]);
      exit(2);
    }
  }
}

static void *hold(size_t bytes) {
  void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at == MAP_FAILED) { perror("dirty: memory"); exit(1); }
  madvise(at, bytes, MADV_NOHUGEPAGE); /* a huge page would be dirty as a whole */
  return at;
}

int main(int argc, char **argv) {
  read_words(argc, argv);
  struct sigaction on = {.sa_handler = on_signal};
  sigaction(SIGUSR1, &on, NULL);
  sigaction(SIGTERM, &on, NULL); /* the first process of a container ends only when it asks for it */
  sigaction(SIGINT, &on, NULL);
  signal(SIGPIPE, SIG_IGN);
  pages = mib * per_mib;
  memory = hold(pages * words * sizeof *memory);
  versions = hold(pages * sizeof *versions);
  fill();
  for (int i = 0; i < clients; i++) client[i].fd = -1;
  int listener = listen_on(port);
  uint64_t last = now_ms(), owed = 0;
  while (!ended) {
    struct pollfd ready[clients + 1];
    for (int i = 0; i < clients; i++) ready[i] = (struct pollfd){.fd = client[i].fd, .events = POLLIN};
    ready[clients] = (struct pollfd){.fd = listener, .events = POLLIN};
    int n = poll(ready, clients + 1, tick_ms);
    for (int i = 0; n > 0 && i < clients; i++) if (ready[i].revents != 0) serve(&client[i]);
    if (n > 0 && ready[clients].revents != 0) welcome(listener);
    if (asked) {
      char to[line];
      asked = 0;
      check(to);
      fputs(to, stdout);
      fflush(stdout);
    }
    uint64_t now = now_ms(), passed = now - last;
    if (passed < tick_ms) continue;
    last = now;
    count++;
    owed += rate * (passed < longest_ms ? passed : longest_ms); /* what a freeze kept from being written stays so */
    write_pages(owed / 1000);
    owed %= 1000;
  }
  return 0;
}
`;
