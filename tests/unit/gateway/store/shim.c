#include "tests/unit/gateway/store/shim.h"

#include <stddef.h>
#include <string.h>

static struct {
    int count;
    int nth;
    enum shim_failure failure;
    bool for_ever;
} plan;

static sqlite3_vfs *real;
static sqlite3_vfs shim;
static sqlite3_io_methods methods;

struct shim_file {
    sqlite3_file base;
    sqlite3_file *inner; /* behind this struct */
};

void shim_arm(int nth, enum shim_failure failure, bool for_ever)
{
    plan.count = 0;
    plan.nth = nth;
    plan.failure = failure;
    plan.for_ever = for_ever;
}

int shim_count(void)
{
    return plan.count;
}

static bool fails(void)
{
    plan.count++;
    return plan.nth > 0 && (plan.count == plan.nth || (plan.for_ever && plan.count > plan.nth));
}

static sqlite3_file *inner(sqlite3_file *file)
{
    return ((struct shim_file *)(void *)file)->inner;
}

static int shim_close(sqlite3_file *file)
{
    return inner(file)->pMethods->xClose(inner(file));
}

static int shim_read(sqlite3_file *file, void *bytes, int size, sqlite3_int64 at)
{
    return inner(file)->pMethods->xRead(inner(file), bytes, size, at);
}

/* Half of it reaches the disk: a torn write. */
static int shim_write(sqlite3_file *file, const void *bytes, int size, sqlite3_int64 at)
{
    if (!fails())
        return inner(file)->pMethods->xWrite(inner(file), bytes, size, at);
    (void)inner(file)->pMethods->xWrite(inner(file), bytes, size / 2, at);
    return plan.failure == SHIM_FULL ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

static int shim_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    return fails() ? SQLITE_IOERR_TRUNCATE : inner(file)->pMethods->xTruncate(inner(file), size);
}

static int shim_sync(sqlite3_file *file, int flags)
{
    return fails() ? SQLITE_IOERR_FSYNC : inner(file)->pMethods->xSync(inner(file), flags);
}

static int shim_file_size(sqlite3_file *file, sqlite3_int64 *size)
{
    return inner(file)->pMethods->xFileSize(inner(file), size);
}

static int shim_lock(sqlite3_file *file, int level)
{
    return inner(file)->pMethods->xLock(inner(file), level);
}

static int shim_unlock(sqlite3_file *file, int level)
{
    return inner(file)->pMethods->xUnlock(inner(file), level);
}

static int shim_check_lock(sqlite3_file *file, int *is_reserved)
{
    return inner(file)->pMethods->xCheckReservedLock(inner(file), is_reserved);
}

static int shim_control(sqlite3_file *file, int what, void *argument)
{
    return inner(file)->pMethods->xFileControl(inner(file), what, argument);
}

static int shim_sector(sqlite3_file *file)
{
    return inner(file)->pMethods->xSectorSize(inner(file));
}

static int shim_traits(sqlite3_file *file)
{
    return inner(file)->pMethods->xDeviceCharacteristics(inner(file));
}

static int shim_map(sqlite3_file *file, int page, int size, int may_extend, void volatile **at)
{
    return inner(file)->pMethods->xShmMap(inner(file), page, size, may_extend, at);
}

static int shim_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
    return inner(file)->pMethods->xShmLock(inner(file), offset, count, flags);
}

static void shim_barrier(sqlite3_file *file)
{
    inner(file)->pMethods->xShmBarrier(inner(file));
}

static int shim_unmap(sqlite3_file *file, int is_deleted)
{
    return inner(file)->pMethods->xShmUnmap(inner(file), is_deleted);
}

static int shim_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                     int *out_flags)
{
    struct shim_file *const opened = (struct shim_file *)(void *)file;

    (void)vfs;
    opened->inner = (sqlite3_file *)(void *)(opened + 1);
    const int code = real->xOpen(real, name, opened->inner, flags, out_flags);
    opened->base.pMethods = code == SQLITE_OK ? &methods : NULL;
    return code;
}

static int shim_delete(sqlite3_vfs *vfs, const char *name, int must_sync)
{
    (void)vfs;
    return fails() ? SQLITE_IOERR_DELETE : real->xDelete(real, name, must_sync);
}

static void fill_methods(void)
{
    methods = (sqlite3_io_methods){
        .iVersion = 2,
        .xClose = shim_close,
        .xRead = shim_read,
        .xWrite = shim_write,
        .xTruncate = shim_truncate,
        .xSync = shim_sync,
        .xFileSize = shim_file_size,
        .xLock = shim_lock,
        .xUnlock = shim_unlock,
        .xCheckReservedLock = shim_check_lock,
        .xFileControl = shim_control,
        .xSectorSize = shim_sector,
        .xDeviceCharacteristics = shim_traits,
        .xShmMap = shim_map,
        .xShmLock = shim_shm_lock,
        .xShmBarrier = shim_barrier,
        .xShmUnmap = shim_unmap,
    };
}

void shim_register(void)
{
    real = sqlite3_vfs_find(NULL);
    fill_methods();
    shim = *real;
    shim.szOsFile = (int)sizeof(struct shim_file) + real->szOsFile;
    shim.zName = "shim";
    shim.pNext = NULL;
    shim.xOpen = shim_open;
    shim.xDelete = shim_delete;
    (void)sqlite3_vfs_register(&shim, 1);
}
