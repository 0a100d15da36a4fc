/* What the schema itself refuses, whoever writes. */
#include "tests/unit/gateway/store/scene.h"

#define INCIDENT(page, title, status, severity, highest, resolved)                                 \
    "INSERT INTO incident VALUES (NULL, 'inc_x', 7, '" page "', '" title "', 'T', " status         \
    ", " severity ", " highest ", 1, 1, " resolved ")"

#define SUBSCRIBER(page, address, format, state)                                                   \
    "INSERT INTO subscriber (public_id, page_id, address, format, lane, state, created_at)"        \
    " VALUES (hex(randomblob(8)), '" page "', '" address "', " format ", 1, " state ", 1)"

#define ALERT(cluster, severity, key)                                                              \
    "INSERT INTO alert (page_id, monitor, key, cluster_id, is_open, counts, severity, opened_at,"  \
    " said_at, count) VALUES ('sp_abc123', 'M', '" key "', " cluster ", 1, 1, " severity           \
    ", 1, 1, 1)"

static const struct {
    const char *what;
    const char *sql;
    int want;
} cases[] = {
    {"a right incident", INCIDENT("sp_abc123", "T", "0", "0", "2", "NULL"), SQLITE_OK},
    {"its number again",
     "INSERT INTO incident SELECT NULL, 'inc_y', number, page_id, title, first_title, status,"
     " severity, highest_severity, created_at, updated_at, resolved_at FROM incident",
     SQLITE_CONSTRAINT},
    {"of no page", INCIDENT("sp_none", "T", "0", "0", "0", "NULL"), SQLITE_CONSTRAINT},
    {"without a title", INCIDENT("sp_abc123", "", "0", "0", "0", "NULL"), SQLITE_CONSTRAINT},
    {"of no status", INCIDENT("sp_abc123", "T", "4", "0", "0", "NULL"), SQLITE_CONSTRAINT},
    {"worse than its worst", INCIDENT("sp_abc123", "T", "0", "2", "1", "NULL"), SQLITE_CONSTRAINT},
    {"resolved at no time", INCIDENT("sp_abc123", "T", "3", "0", "0", "NULL"), SQLITE_CONSTRAINT},
    {"open, resolved once", INCIDENT("sp_abc123", "T", "0", "0", "0", "5"), SQLITE_CONSTRAINT},
    {"text as a number", INCIDENT("sp_abc123", "T", "'x'", "0", "0", "NULL"), SQLITE_CONSTRAINT},
    {"a component of no page",
     "INSERT INTO incident_component VALUES (1, 0, 'sp_abc123', 'comp_none', 0, 1)",
     SQLITE_CONSTRAINT},
    {"a component's state", "UPDATE component SET state = 5", SQLITE_CONSTRAINT},
    {"an update of no incident",
     "INSERT INTO incident_update VALUES (NULL, 'upd_x', 99, 0, 0, 0, '', 'a', 1, NULL)",
     SQLITE_CONSTRAINT},
    {"an incident with updates goes", "DELETE FROM page", SQLITE_CONSTRAINT},
    {"a right subscriber", SUBSCRIBER("sp_abc123", "a@x.example", "0", "1"), SQLITE_OK},
    {"her address again", SUBSCRIBER("sp_abc123", "a@x.example", "1", "1"), SQLITE_CONSTRAINT},
    {"of no format", SUBSCRIBER("sp_abc123", "b@x.example", "3", "1"), SQLITE_CONSTRAINT},
    {"of no state", SUBSCRIBER("sp_abc123", "b@x.example", "0", "4"), SQLITE_CONSTRAINT},
    {"of no page", SUBSCRIBER("sp_none", "b@x.example", "0", "1"), SQLITE_CONSTRAINT},
    {"an interest of nobody", "INSERT INTO interest VALUES ('sp_abc123', 1, '', 0, 99)",
     SQLITE_CONSTRAINT},
    {"a letter about nothing there is",
     "INSERT INTO letter (page_id, kind, address, is_operator, incident_id, priority, created_at,"
     " due_at) VALUES ('sp_abc123', 0, 'a', 1, 99, 0, 1, 1)",
     SQLITE_CONSTRAINT},
    {"a notification of no incident",
     "INSERT INTO notification (page_id, incident_id, update_id, kind, severity, created_at,"
     " horizon) VALUES ('sp_abc123', 99, 99, 1, 0, 1, 0)",
     SQLITE_CONSTRAINT},
    {"a right cluster",
     "INSERT INTO cluster (page_id, name, monitor) VALUES ('sp_abc123', 'page', 'M')", SQLITE_OK},
    {"its name again",
     "INSERT INTO cluster (page_id, name, monitor) VALUES ('sp_abc123', 'page', 'M')",
     SQLITE_CONSTRAINT},
    {"a right alert", ALERT("1", "1", "1"), SQLITE_OK},
    {"its key again", ALERT("1", "1", "1"), SQLITE_CONSTRAINT},
    {"of no cluster", ALERT("99", "1", "2"), SQLITE_CONSTRAINT},
    {"of no severity", ALERT("1", "3", "2"), SQLITE_CONSTRAINT},
    {"a cluster with alerts goes", "DELETE FROM cluster", SQLITE_CONSTRAINT},
    {"a draft that became nothing there is",
     "INSERT INTO draft (page_id, kind, source, title, message, severity, created_at, incident_id)"
     " VALUES ('sp_abc123', 0, 'monitor:M', 'T', '', 0, 1, 99)",
     SQLITE_CONSTRAINT},
    {"a third lane", "INSERT INTO notification_lane VALUES (1, 2, 0, 0, 0, 0)", SQLITE_CONSTRAINT},
};

SCENE(the_schema_refuses_what_the_rules_refuse)
{
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const int code = scene_try(scene, cases[i].sql);

        if ((code & 0xff) != cases[i].want)
            fail_msg("%s: SQLite %d", cases[i].what, code);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(the_schema_refuses_what_the_rules_refuse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
