/* Why cuda-safe never destroys a memory pool.
 *
 *     cc -O1 pool_destroy.c -o pool_destroy -ldl -lpthread
 *     ./pool_destroy /path/to/libcudart.so.13          destroys each pool after use: stops for ever within a second
 *     ./pool_destroy /path/to/libcudart.so.13 reuse    uses the pools again: goes on
 *
 * Each of 16 threads copies 4 KiB to the device and waits for the legacy stream, again and again; every eighth time it makes
 * a pool, allocates from it and frees in that stream's order, and destroys the pool. All of it is allowed. When it stops, all
 * threads wait for locks of libcuda: one, in cuStreamSynchronize, holds a mutex and waits to write under a lock that another
 * holds for reading, which waits in cuStreamSynchronize for that mutex.
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { THREADS = 16, SECONDS = 10, LEGACY = 1, TO_DEVICE = 1, PINNED = 1, DEVICE = 1 };

/* cudaMemPoolProps of CUDA 12 and 13. */
struct properties {
    int allocation, handles;
    struct { int kind, id; } location;
    void *security;
    size_t most;
    unsigned short usage;
    unsigned char reserved[54];
};

static int (*cudaMalloc)(void **, size_t), (*cudaMemcpyAsync)(void *, const void *, size_t, int, void *),
    (*cudaStreamSynchronize)(void *), (*cudaMemPoolCreate)(void **, const struct properties *),
    (*cudaMemPoolDestroy)(void *), (*cudaMallocFromPoolAsync)(void **, size_t, void *, void *),
    (*cudaFreeAsync)(void *, void *);

static int reuse;
static atomic_long steps;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static void *idle[THREADS];
static int idle_pools;

static void check(int code, const char *call) {
    if (code != 0) { fprintf(stderr, "%s: error %d\n", call, code); exit(2); }
}
#define CHECK(call) check(call, #call)

static void use_a_pool(void *stream) {
    struct properties wish = { .allocation = PINNED, .location = { DEVICE, 0 } };
    void *pool = NULL, *memory;
    pthread_mutex_lock(&lock);
    if (idle_pools > 0) pool = idle[--idle_pools];
    pthread_mutex_unlock(&lock);
    if (pool == NULL) CHECK(cudaMemPoolCreate(&pool, &wish));
    CHECK(cudaMallocFromPoolAsync(&memory, 4096, pool, stream));
    CHECK(cudaFreeAsync(memory, stream));
    if (!reuse) { CHECK(cudaMemPoolDestroy(pool)); return; }
    pthread_mutex_lock(&lock);
    idle[idle_pools++] = pool;
    pthread_mutex_unlock(&lock);
}

static void *work(void *seed_of) {
    unsigned seed = (unsigned)(size_t)seed_of;
    void *memory, *stream = (void *)LEGACY;
    char host[4096] = { 0 };
    CHECK(cudaMalloc(&memory, sizeof host));
    for (;;) {
        CHECK(cudaMemcpyAsync(memory, host, sizeof host, TO_DEVICE, stream));
        CHECK(cudaStreamSynchronize(stream));
        if (rand_r(&seed) % 8 == 0) use_a_pool(stream);
        atomic_fetch_add(&steps, 1);
    }
    return NULL;
}

int main(int count, char **arguments) {
    void *library = count > 1 ? dlopen(arguments[1], RTLD_NOW) : NULL;
    if (library == NULL) { fprintf(stderr, "usage: %s LIBCUDART [reuse]\n", arguments[0]); return 2; }
    reuse = count > 2 && strcmp(arguments[2], "reuse") == 0;
#define FIND(name) if ((*(void **)&name = dlsym(library, #name)) == NULL) { fprintf(stderr, "no %s\n", #name); return 2; }
    FIND(cudaMalloc) FIND(cudaMemcpyAsync) FIND(cudaStreamSynchronize) FIND(cudaMemPoolCreate)
    FIND(cudaMemPoolDestroy) FIND(cudaMallocFromPoolAsync) FIND(cudaFreeAsync)
    for (size_t thread = 0; thread < THREADS; thread++) {
        pthread_t started;
        if (pthread_create(&started, NULL, work, (void *)(thread + 1)) != 0) return 2;
    }
    long before = -1, now;
    for (int second = 0; second < SECONDS; second++, before = now) {
        sleep(1);
        now = atomic_load(&steps);
        /* Making the contexts may take the first seconds. */
        if (now == before && now > 0) { printf("stopped at step %ld\n", now); fflush(stdout); _exit(1); }
    }
    printf("%ld steps in %d seconds\n", now, SECONDS);
    fflush(stdout);
    _exit(0);
}
