#include "gateway/base/error.h"
#include "gateway/trust/network.h"
#include "tests/unit/unit.h"

static const char *const networks[] = {"10.0.0.0/8", "192.0.2.16/28", "203.0.113.7",
                                       "2001:db8::/33", "198.51.100.0/23"};

TEST(addresses_are_compared_in_binary)
{
    static const struct {
        const char *address;
        bool is_in;
    } cases[] = {
        {"10.0.0.5", true},
        {"10.255.255.255", true},
        {"11.0.0.0", false},
        {"9.255.255.255", false},
        {"::ffff:10.0.0.5", true},
        {"IPv6:::ffff:10.0.0.5", true},
        {"::FFFF:0a00:0005", true},
        {"::10.0.0.5", false},
        {"192.0.2.16", true},
        {"192.0.2.31", true},
        {"192.0.2.15", false},
        {"192.0.2.32", false},
        {"203.0.113.7", true},
        {"203.0.113.8", false},
        {"198.51.101.255", true},
        {"198.51.102.0", false},
        {"2001:db8::1", true},
        {"IPv6:2001:DB8:0:0::1", true},
        {"ipv6:2001:db8:7fff::", true},
        {"2001:db8:8000::", false},
        {"2001:db9::1", false},
        {"", false},
        {"unknown", false},
        {"10.0.0.5.evil", false},
        {"10.0.0", false},
        {"010.0.0.5", false},
        {"10.0.0.5 ", false},
        {" 10.0.0.5", false},
        {"10.0.0.5/8", false},
        {"167772165", false},
        {"0x0a000005", false},
        {"[10.0.0.5]", false},
        {"IPv6:", false},
        {"IPv6:IPv6:2001:db8::1", false},
        {"2001:db8::1%eth0", false},
        {"fe80::1%1", false},
        {"10.0.0.5\n", false},
        {"127.0.0.1", false},
        {"::1", false},
        {"2001:db8:0000000000000000000000000000000000000000000000000000000000000000::1", false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const bool is_in = network_has(networks, G_N_ELEMENTS(networks), cases[i].address);

        if (is_in != cases[i].is_in)
            print_message("%s\n", cases[i].address);
        assert_int_equal(is_in, cases[i].is_in);
    }
    assert_false(network_has(NULL, 0, "127.0.0.1"));
}

TEST(two_spellings_of_one_address_are_the_same)
{
    assert_true(network_is_same("192.0.2.1", "::ffff:192.0.2.1"));
    assert_true(network_is_same("IPv6:2001:db8::1", "2001:DB8:0::1"));
    assert_false(network_is_same("192.0.2.1", "192.0.2.2"));
    assert_false(network_is_same("", ""));
    assert_false(network_is_same("unknown", "unknown"));
    assert_false(network_is_same("0.0.0.0", "::"));
}

TEST(a_network_is_configured_by_its_first_address)
{
    static const struct {
        const char *cidr;
        const char *why; /* "" : it is good */
    } cases[] = {
        {"192.0.2.0/28", ""},
        {"192.0.2.1", ""},
        {"192.0.2.1/32", ""},
        {"2001:db8::/32", ""},
        {"::1", ""},
        {"192.0.2.1/28", "bits behind the first 28"},
        {"2001:db8::1/64", "bits behind the first 64"},
        {"0.0.0.0/0", "1 bit or more"},
        {"::/0", "1 bit or more"},
        {"192.0.2.0/33", "write an IPv4"},
        {"192.0.2.0/", "write an IPv4"},
        {"192.0.2.0/-1", "write an IPv4"},
        {"192.0.2.0/2 8", "write an IPv4"},
        {"/8", "write an IPv4"},
        {"", "write an IPv4"},
        {"example.com", "write an IPv4"},
        {"10.0.0.0/255.0.0.0", "write an IPv4"},
        {"fe80::%eth0/64", "write an IPv4"},
        {"::ffff:10.0.0.0/104", "write IPv4 as IPv4"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const struct text cidr = unit_bytes(text_of(cases[i].cidr));
        g_autoptr(GError) error = NULL;
        const bool is_good = network_check(cidr, &error);

        if (is_good != (cases[i].why[0] == '\0'))
            print_message("%s\n", cases[i].cidr);
        assert_int_equal(is_good, cases[i].why[0] == '\0');
        if (!is_good)
            assert_non_null(strstr(error->message, cases[i].why));
        unit_free(cidr);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_compared_in_binary),
        cmocka_unit_test(two_spellings_of_one_address_are_the_same),
        cmocka_unit_test(a_network_is_configured_by_its_first_address),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
