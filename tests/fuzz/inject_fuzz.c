/* tests/fuzz/inject_fuzz.c: any words, a line each, as the command line of inject. What is read holds
 * nothing that could be taken for another word, line or address; what is refused exits so that no pipe
 * transport bounces it. */
#include "gateway/base/text.h"
#include "gateway/cli/inject_words.h"

#include <assert.h>
#include <string.h>

#define WORDS_MOST 2000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const *split(struct arena *arena, struct text bytes)
{
    const char **words = ARENA_ARRAY(arena, const char *, WORDS_MOST + 1);
    struct text word;

    for (size_t count = 0; count < WORDS_MOST && text_next_piece(&bytes, '\n', &word); count++)
        words[count] = arena_copy(arena, word.at, word.size);
    return words;
}

static void check_address(const char *address, size_t most)
{
    assert(strlen(address) <= most && g_utf8_validate(address, -1, NULL));
    for (const char *at = address; *at != '\0'; at++)
        assert((unsigned char)*at > ' ' && *at != 0x7f && *at != '<' && *at != '>');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    OWN(arena) arena = arena_open((size_t)64 << 20);
    g_autoptr(GError) error = NULL;
    struct inject_words read;
    const char *const *words = split(arena, text_from((const char *)data, size));

    if (inject_words_read(arena, words, &read, &error) != INJECT_READ) {
        assert(error != NULL && g_utf8_validate(error->message, -1, NULL));
        for (int status = 0; status < 128 && read.discards; status++)
            assert(inject_words_exit(&read, status) == 0 || inject_words_exit(&read, status) == 75);
        return 0;
    }
    check_address(read.from, INJECT_ADDRESS);
    check_address(read.client_addr, 64);
    assert(read.to_count > 0 && read.to_count <= INJECT_RECIPIENTS);
    for (size_t i = 0; i < read.to_count; i++) {
        assert(read.to[i][0] != '\0');
        check_address(read.to[i], INJECT_ADDRESS);
    }
    return 0;
}
