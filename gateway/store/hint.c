#include "gateway/store/hint.h"

#include "gateway/base/error.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define NAME "hint-sender"

/* False: the path does not fit a socket's address (107 bytes). */
static bool write_address(const char *state_directory, struct sockaddr_un *address)
{
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};

    const int size =
        g_snprintf(address->sun_path, sizeof address->sun_path, "%s/%s", state_directory, NAME);
    return size > 0 && (size_t)size < sizeof address->sun_path;
}

void hint_send(const char *state_directory)
{
    struct sockaddr_un address;

    if (!write_address(state_directory, &address))
        return;

    const int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0)
        return;
    (void)sendto(descriptor, "!", 1, MSG_NOSIGNAL, (const struct sockaddr *)&address,
                 sizeof address);
    (void)close(descriptor);
}

int hint_open(const char *state_directory, GError **error)
{
    struct sockaddr_un address;

    if (!write_address(state_directory, &address)) {
        (void)error_set(error, TOCSIN_ERROR_CONFIG, "%s: too long for a socket in it",
                        state_directory);
        return -1;
    }

    const int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    (void)unlink(address.sun_path);
    if (descriptor >= 0 &&
        bind(descriptor, (const struct sockaddr *)&address, sizeof address) == 0 &&
        chmod(address.sun_path, 0600) == 0)
        return descriptor;
    (void)error_set(error, TOCSIN_ERROR_CONFIG, "%s: %s", address.sun_path, g_strerror(errno));
    if (descriptor >= 0)
        (void)close(descriptor);
    return -1;
}

bool hint_drain(int descriptor)
{
    char bytes[16];
    bool has_come = false;

    while (recv(descriptor, bytes, sizeof bytes, MSG_DONTWAIT) > 0)
        has_come = true;
    return has_come;
}

void hint_close(const char *state_directory, int descriptor)
{
    struct sockaddr_un address;

    if (descriptor < 0)
        return;
    (void)close(descriptor);
    if (write_address(state_directory, &address))
        (void)unlink(address.sun_path);
}
