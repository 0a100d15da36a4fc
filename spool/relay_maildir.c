/* spool/relay_maildir.c: one Maildir for all mails: Delivered-To says for whom each is.
 *
 * Written under a unique name in tmp/, synced, then linked into new/ and the folder synced: a reader
 * sees whole mails only, and a name is never overwritten (https://cr.yp.to/proto/maildir.html). */
#include "gateway/base/error.h"
#include "gateway/base/secret.h"
#include "spool/relay_kinds.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool relay_maildir_open(struct relay *relay, GError **error)
{
    static const char *const folders[] = {"tmp", "new", "cur"};

    for (size_t i = 0; i < G_N_ELEMENTS(folders); i++) {
        g_autofree char *path = g_build_filename(relay->settings->maildir, folders[i], NULL);
        if (g_mkdir_with_parents(path, 0700) != 0)
            return error_set(error, TOCSIN_ERROR_CONFIG, "%s: %s", path, g_strerror(errno));
    }
    return true;
}

/* "/" and ":" have a meaning in file names and Maildir flags. */
static char *write_name(struct relay *relay)
{
    g_autofree char *host = g_strdelimit(g_strdup(relay->hostname), "/:", '_');
    const int64_t now_us = g_get_real_time();

    return g_strdup_printf("%" PRId64 ".M%" PRId64 "P%ldQ%uR%08x.%s", now_us / 1000000,
                           now_us % 1000000, (long)getpid(), relay->counter++, secret_random_bits(),
                           host);
}

/* The mail with LF for CRLF (the gate has seen that no CR stands alone). */
static GString *write_mail(const struct relay_mail *mail)
{
    GString *text = g_string_new(NULL);

    g_string_append_printf(text, "Return-Path: <%s>\nDelivered-To: %s\n", mail->return_path,
                           mail->recipient);
    for (size_t i = 0; i < mail->message->piece_count; i++) {
        const struct piece *piece = &mail->message->pieces[i];
        const struct text bytes = piece->is_slot ? text_of(mail->slots[piece->slot]) : piece->bytes;
        for (size_t k = 0; k < bytes.size; k++)
            if (bytes.at[k] != '\r')
                g_string_append_c(text, bytes.at[k]);
    }
    return text;
}

static bool write_bytes(int descriptor, const char *bytes, size_t size)
{
    while (size > 0) {
        const ssize_t written = write(descriptor, bytes, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        bytes += written;
        size -= (size_t)written;
    }
    return true;
}

static bool write_file(const char *path, const GString *text)
{
    const int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (descriptor < 0)
        return false;

    const bool is_written = write_bytes(descriptor, text->str, text->len) && fsync(descriptor) == 0;
    return close(descriptor) == 0 && is_written;
}

static bool sync_folder(const char *path)
{
    const int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (descriptor < 0)
        return false;

    const bool is_synced = fsync(descriptor) == 0;
    (void)close(descriptor);
    return is_synced;
}

static bool keep(struct relay *relay, const struct relay_mail *mail)
{
    g_autofree char *name = write_name(relay);
    g_autofree char *temporary = g_build_filename(relay->settings->maildir, "tmp", name, NULL);
    g_autofree char *folder = g_build_filename(relay->settings->maildir, "new", NULL);
    g_autofree char *path = g_build_filename(folder, name, NULL);
    GString *text = write_mail(mail);
    const bool is_kept =
        write_file(temporary, text) && link(temporary, path) == 0 && sync_folder(folder);
    const int problem = errno;

    (void)unlink(temporary);
    (void)g_string_free(text, TRUE);
    errno = problem;
    return is_kept;
}

static void set_phase(const struct relay_feed *feed, enum relay_stage stage)
{
    if (feed->phase != NULL)
        feed->phase(feed->context, stage);
}

bool relay_maildir_run(struct relay *relay, const struct relay_feed *feed,
                       struct relay_reply *fault)
{
    const struct relay_mail *mail = NULL;

    while ((mail = feed->next(feed->context)) != NULL) {
        struct relay_reply reply;

        set_phase(feed, STAGE_DATA);
        if (!relay_may_pass(mail, &reply)) {
            feed->done(feed->context, &reply);
            continue;
        }
        if (!keep(relay, mail)) {
            *fault = (struct relay_reply){.stage = STAGE_DATA};
            relay_write_text(fault, g_strerror(errno));
            feed->done(feed->context, fault);
            return false;
        }
        reply = (struct relay_reply){.stage = STAGE_DOT, .code = 250};
        feed->done(feed->context, &reply);
    }
    return true;
}
