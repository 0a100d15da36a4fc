/* tocsin doctor: the state directory, its disk, the database and the root key. */
#include "gateway/cli/doctor.h"

#include "gateway/base/moment.h"
#include "gateway/base/secret.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define MODE_BITS        07777U
#define FREE_WARN_BYTES  (UINT64_C(1) << 30)
#define FREE_ERROR_BYTES (UINT64_C(64) << 20)
#define FREE_WARN_SHARE  20U /* a twentieth: 5 % */

void doctor_check_state(struct doctor *doctor)
{
    const char *state = doctor->config->state;
    struct stat status;

    if (stat(state, &status) != 0 || !S_ISDIR(status.st_mode)) {
        doctor_report(
            doctor, DOCTOR_ERROR,
            arena_format(doctor->arena, "install -d -o tocsin -g tocsin -m 0750 %s", state),
            "%s: is no directory that can be reached", state);
        return;
    }
    const unsigned mode = (unsigned)status.st_mode & MODE_BITS;
    if (status.st_uid != geteuid() && geteuid() != 0)
        doctor_report(
            doctor, DOCTOR_ERROR, "run this as the user of `tocsin serve`, or chown -R it",
            "%s: belongs to user %u, not to us (user %u)", state, status.st_uid, geteuid());
    else if ((mode & (S_IWGRP | S_IRWXO)) != 0)
        doctor_report(doctor, DOCTOR_ERROR, arena_format(doctor->arena, "chmod 0750 %s", state),
                      "%s: mode %04o lets others in", state, mode);
    else
        doctor_report(doctor, DOCTOR_OK, "", "%s: mode %04o", state, mode);
}

void doctor_check_disk(struct doctor *doctor)
{
    const char *state = doctor->config->state;
    struct statvfs system;

    if (statvfs(state, &system) != 0) {
        doctor_report(doctor, DOCTOR_ERROR, "mend `state:` in tocsin.yaml", "%s: %s", state,
                      g_strerror(errno));
        return;
    }
    const uint64_t free_bytes = (uint64_t)system.f_bavail * system.f_frsize;
    const uint64_t all_bytes = (uint64_t)system.f_blocks * system.f_frsize;
    g_autofree char *free_text = g_format_size_full(free_bytes, G_FORMAT_SIZE_IEC_UNITS);
    enum doctor_status status = DOCTOR_OK;

    if (free_bytes < FREE_WARN_BYTES || free_bytes < all_bytes / FREE_WARN_SHARE)
        status = DOCTOR_WARNING;
    if (free_bytes < FREE_ERROR_BYTES)
        status = DOCTOR_ERROR;
    if (system.f_favail == 0 && system.f_files > 0)
        doctor_report(doctor, DOCTOR_ERROR, "remove files there", "%s: no inode is free", state);
    doctor_report(doctor, status,
                  status == DOCTOR_OK ? "" : "make room: without it mail is answered 451 and waits",
                  "%s: %s are free", state, free_text);
}

static bool look_at_file(struct doctor *doctor, const char *path, const char *when_missing)
{
    struct stat status;

    if (lstat(path, &status) != 0 && errno == ENOENT) {
        doctor_report(doctor, DOCTOR_WARNING, "start `tocsin serve`", "%s: %s", path, when_missing);
        return false;
    }
    if (lstat(path, &status) != 0) {
        doctor_report(doctor, DOCTOR_ERROR, "give it to the user of `tocsin serve`", "%s: %s", path,
                      g_strerror(errno));
        return false;
    }
    if (!S_ISREG(status.st_mode) || (status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        doctor_report(doctor, DOCTOR_ERROR, arena_format(doctor->arena, "chmod 0600 %s", path),
                      "%s: mode %04o, a plain file of mode 0600 is right", path,
                      (unsigned)status.st_mode & MODE_BITS);
        return false;
    }
    return true;
}

static void look_inside(struct doctor *doctor, struct store *store)
{
    g_autoptr(GError) error = NULL;
    const char *finding;

    if (!store_check(store, doctor->arena, doctor->is_thorough, &finding, &error))
        doctor_report(doctor, DOCTOR_ERROR, "try again when less is going on",
                      "it cannot be checked: %s", error->message);
    else if (strcmp(finding, "ok") != 0)
        doctor_report(doctor, DOCTOR_ERROR,
                      "stop `tocsin serve`, keep the file, and put back the last `tocsin backup`",
                      "it is damaged: %s", finding);
    else
        doctor_report(doctor, DOCTOR_OK, "", "whole, by %s",
                      doctor->is_thorough ? "the long check" : "the quick check");
}

void doctor_check_database(struct doctor *doctor)
{
    const char *path = arena_format(doctor->arena, "%s/tocsin.db", doctor->config->state);
    g_autoptr(GError) error = NULL;

    if (!look_at_file(doctor, path, "there is no database yet"))
        return;

    OWN(store) store = store_open(&doctor->config->store, STORE_FULL, &error);
    if (store == NULL) {
        doctor_report(doctor, DOCTOR_ERROR,
                      "until it opens, mail is answered 451 and waits; see the reason", "%s",
                      error->message);
        return;
    }
    look_inside(doctor, store);
}

void doctor_check_key(struct doctor *doctor)
{
    const char *path = arena_format(doctor->arena, "%s/keys/root", doctor->config->state);
    g_autoptr(GError) error = NULL;

    if (!look_at_file(doctor, path, "there is no root key yet"))
        return;

    OWN(secret) secret = secret_open(doctor->config->state, &error);
    if (secret == NULL)
        doctor_report(doctor, DOCTOR_ERROR,
                      "put it back from where you keep a copy: addresses that went out hang on it",
                      "%s", error->message);
    else
        doctor_report(doctor, DOCTOR_OK, "", "%s: readable by its owner alone", path);
}
