/* gateway/base/own.h: a resource is closed by the scope that owns it.
 *
 * OWN_DEFINE(type), once below the declaration of type_close(), makes OWN(type) usable:
 *     OWN(arena) arena = arena_open(ceiling);
 * type_close() takes NULL. */
#pragma once

#define OWN_DEFINE(type)                                                                           \
    static inline void type##_own(struct type **owned)                                             \
    {                                                                                              \
        type##_close(*owned);                                                                      \
    }                                                                                              \
    struct type

#define OWN(type) __attribute__((cleanup(type##_own))) struct type *
