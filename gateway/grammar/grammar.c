#include "gateway/grammar/grammar.h"

#include "gateway/grammar/books.h"
#include "gateway/grammar/brief.h"
#include "gateway/grammar/monitor_fits.h"
#include "gateway/grammar/topline.h"

#include <assert.h>
#include <string.h>

#define BRIEF_BYTES ((size_t)64 * 1024)

static const char *const question_names[] = {
    [QUESTION_NO_TEXT] = "no_text",     [QUESTION_NO_TITLE] = "no_title",
    [QUESTION_STATUS] = "status",       [QUESTION_SEVERITY] = "severity",
    [QUESTION_COMPONENT] = "component", [QUESTION_COMPONENT_SEVERAL] = "component_several",
    [QUESTION_NOTIFY] = "notify",       [QUESTION_WORD] = "word",
    [QUESTION_TWICE] = "twice",         [QUESTION_BRACKET] = "bracket",
    [QUESTION_NO_START] = "no_start",   [QUESTION_NO_END] = "no_end",
    [QUESTION_TIME] = "time",           [QUESTION_WINDOW] = "window",
    [QUESTION_STEP] = "step",           [QUESTION_NEW_OR_NUMBER] = "new_or_number",
    [QUESTION_WHICH] = "which",
};
static_assert(G_N_ELEMENTS(question_names) == QUESTION_KIND_COUNT, "a question has no name");

const char *question_kind_name(enum question_kind kind)
{
    assert((size_t)kind < QUESTION_KIND_COUNT);
    return question_names[kind];
}

static int compare_names(gconstpointer one, gconstpointer other)
{
    return strcmp(*(const char *const *)one, *(const char *const *)other);
}

/* The *.yaml of a folder, by name. NULL: it cannot be read. */
static GPtrArray *list_files(const char *directory, GError **error)
{
    g_autoptr(GDir) folder = g_dir_open(directory, 0, error);
    if (folder == NULL)
        return NULL;
    GPtrArray *files = g_ptr_array_new_with_free_func(g_free);
    for (const char *name = NULL; (name = g_dir_read_name(folder)) != NULL;)
        if (*name != '.' && g_str_has_suffix(name, ".yaml"))
            g_ptr_array_add(files, g_build_filename(directory, name, NULL));
    g_ptr_array_sort(files, compare_names);
    return files;
}

enum folder { FOLDER_SITE, FOLDER_SHIPPED, FOLDER_MONITORS };

static bool add_file(struct grammars *grammars, const char *path, enum folder folder,
                     struct problems *problems)
{
    if (folder == FOLDER_MONITORS)
        return books_add_monitors(grammars, path, problems);
    return books_add(grammars, path, folder == FOLDER_SITE, problems);
}

static bool add_folder(struct grammars *grammars, const char *directory, enum folder folder,
                       struct problems *problems)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) files = list_files(directory, &error);
    bool is_good = true;

    if (files == NULL) {
        if (folder == FOLDER_SITE && g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
            return true;
        const struct problem place = {.file = directory};
        problems_add(problems, &place, "%s", error->message);
        return false;
    }
    for (guint i = 0; i < files->len; i++)
        is_good = add_file(grammars, g_ptr_array_index(files, i), folder, problems) && is_good;
    return is_good;
}

static void copy_dropped(struct grammars *grammars, const struct grammar_settings *settings)
{
    const size_t count = settings->dropped_word_count;
    const char **words = ARENA_ARRAY(grammars->arena, const char *, count);

    if (count == 0)
        return;
    for (size_t i = 0; i < count; i++)
        words[i] = arena_string(grammars->arena, settings->dropped_words[i]);
    grammars->dropped_words = words;
    grammars->dropped_word_count = count;
}

static bool is_of(const struct rulebook *book, const char *name)
{
    return strcmp(book->name, name) == 0;
}

static const struct language *find_language(const struct grammars *grammars, const char *name)
{
    for (size_t i = 0; i < grammars->book_count; i++)
        if (is_of(grammars->books[i], name) && grammars->books[i]->language != NULL)
            return grammars->books[i]->language;
    return NULL;
}

static bool find_languages(struct grammars *grammars, const char *directory,
                           struct problems *problems)
{
    const struct problem place = {.file = directory};

    grammars->language = find_language(grammars, "operator");
    grammars->subscribing = find_language(grammars, "subscriber");
    if (grammars->language == NULL)
        problems_add(problems, &place, "holds no grammar `operator` with a language");
    if (grammars->subscribing == NULL)
        problems_add(problems, &place, "holds no grammar `subscriber` with a language");
    return grammars->language != NULL && grammars->subscribing != NULL;
}

static void find_generic(struct grammars *grammars)
{
    for (size_t i = 0; i < grammars->book_count && grammars->generic == NULL; i++)
        grammars->generic = grammars->books[i]->generic;
}

struct grammars *grammars_open(const struct grammar_settings *settings, struct problems *problems)
{
    struct grammars *grammars = books_open();
    bool is_good = true;

    copy_dropped(grammars, settings);
    if (settings->site_directory != NULL)
        is_good = add_folder(grammars, settings->site_directory, FOLDER_SITE, problems);
    is_good =
        add_folder(grammars, settings->shipped_directory, FOLDER_SHIPPED, problems) && is_good;
    if (settings->monitors_directory != NULL)
        is_good = add_folder(grammars, settings->monitors_directory, FOLDER_MONITORS, problems) &&
                  is_good;
    find_generic(grammars);
    is_good = monitor_fits_open(grammars, settings, problems) && is_good;
    if (is_good && find_languages(grammars, settings->shipped_directory, problems))
        return grammars;
    grammars_close(grammars);
    return NULL;
}

bool grammars_have(const struct grammars *grammars, const char *name)
{
    for (size_t i = 0; i < grammars->book_count; i++)
        if (is_of(grammars->books[i], name))
            return true;
    return false;
}

static struct text strip_punctuation(struct text word)
{
    while (word.size > 0 && g_ascii_ispunct(word.at[0]))
        word = text_skip(word, 1);
    while (word.size > 0 && g_ascii_ispunct(word.at[word.size - 1]))
        word.size--;
    return word;
}

static struct text first_line(struct text text)
{
    struct text line = TEXT("");

    while (text_next_line(&text, &line) && text_trim(line).size == 0)
        continue;
    return text_trim(line);
}

const char *grammar_first_word(struct arena *arena, const struct mail *mail)
{
    const struct text line = first_line(text_of(mail->text));
    size_t size = 0;

    while (size < line.size && line.at[size] != ' ' && line.at[size] != '\t')
        size++;
    const struct text word = strip_punctuation(text_first(line, size));
    g_autofree char *lower = g_utf8_strdown(word.at, (gssize)word.size);
    return word.size > 64 ? "" : arena_string(arena, lower);
}

bool grammar_is_brief(const struct grammars *grammars, const struct mail *mail)
{
    OWN(arena) arena = arena_open(BRIEF_BYTES);
    struct brief brief;

    return brief_read(arena, grammars->language, grammars->matcher, mail, &brief);
}

/* Of a short mail whose subject says nothing. */
static size_t add_brief_number(const struct grammars *grammars, const struct mail *mail,
                               int64_t numbers[GRAMMAR_NUMBERS], size_t count)
{
    OWN(arena) arena = arena_open(BRIEF_BYTES);
    struct brief brief;

    if (count == GRAMMAR_NUMBERS ||
        !brief_read(arena, grammars->language, grammars->matcher, mail, &brief) ||
        brief.number == 0)
        return count;
    for (size_t i = 0; i < count; i++)
        if (numbers[i] == brief.number)
            return count;
    numbers[count] = brief.number;
    return count + 1;
}

size_t grammar_find_numbers(const struct grammars *grammars, const struct mail *mail,
                            int64_t numbers[GRAMMAR_NUMBERS])
{
    const struct subject subject =
        subject_split(grammars->language, grammars->matcher, mail->subject);

    memcpy(numbers, subject.numbers, sizeof subject.numbers);
    if (!brief_subject_is_lost(grammars->language, grammars->matcher, &subject))
        return subject.number_count;
    return add_brief_number(grammars, mail, numbers, subject.number_count);
}

static size_t add_title(struct arena *arena, struct text title, const char *titles[GRAMMAR_TITLES],
                        size_t count)
{
    title = text_trim(title);
    for (size_t i = 0; i < count; i++)
        if (text_is_equal(title, text_of(titles[i])))
            return count;
    if (title.size > 0)
        titles[count++] = arena_copy(arena, title.at, title.size);
    return count;
}

size_t grammar_find_titles(const struct grammars *grammars, struct arena *arena,
                           const struct mail *mail, const char *titles[GRAMMAR_TITLES])
{
    const struct language *language = grammars->language;
    const struct subject subject = subject_split(language, grammars->matcher, mail->subject);
    size_t count = add_title(arena, subject.titled, titles, 0);

    count = add_title(arena, subject.bare, titles, count);
    for (int kind = LANGUAGE_LINE; kind <= LANGUAGE_FORM; kind++) {
        const struct pattern *pattern =
            language_match(language, grammars->matcher, (enum language_pattern)kind, subject.bare);
        if (pattern == NULL ||
            language_find(language, matcher_group(grammars->matcher, pattern, "word"),
                          1U << MEANS_STATUS | 1U << MEANS_STAGE) == NULL)
            continue;
        return add_title(arena, matcher_group(grammars->matcher, pattern, "text"), titles, count);
    }
    return count;
}

const struct reading *grammar_read(struct grammars *grammars, struct arena *arena,
                                   const struct grammar_request *request)
{
    struct reading *reading = ARENA_NEW(arena, struct reading);
    struct books_reading asked = {
        .grammars = grammars, .arena = arena, .request = request, .reading = reading};
    const char *name = request->grammar != NULL ? request->grammar : "operator";

    *reading = (struct reading){.kind = READING_NOTHING, .grammar = "", .rule = ""};
    matcher_begin(grammars->matcher);
    for (size_t i = 0; i < grammars->book_count; i++) {
        const struct rulebook *book = grammars->books[i];
        if (!is_of(book, name))
            continue;
        if (books_ask_rules(&asked, book))
            break;
        if (book->language != NULL && request->role == GRAMMAR_OPERATOR) {
            books_ask_language(&asked, book);
            break;
        }
    }
    matcher_end(grammars->matcher);
    return reading;
}
