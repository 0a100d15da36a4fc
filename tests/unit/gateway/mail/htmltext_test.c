#include "gateway/mail/charset.h"
#include "gateway/mail/flowed.h"
#include "gateway/mail/htmltext.h"
#include "gateway/mail/newtext.h"
#include "tests/unit/unit.h"

#include <time.h>

#define ARENA_BYTES ((size_t)16 << 20)

static const struct {
    const char *html;
    const char *want;
} shown[] = {
    {"<p>One</p><p>two</p>", "One\n\ntwo"},
    {"<div>One</div><div>two</div><div><br></div><div>three</div>", "One\ntwo\n\nthree"},
    {"a<br>b<br><br><br>c", "a\nb\n\nc"},
    {"  a \n b\t<b> c</b>d ", "a b cd"},
    {"<ul><li>one</li><li><p>two</p></li></ul>", "- one\n- two"},
    {"<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"},
    {"<pre>a\n  b</pre>", "a\n  b"},
    {"x &lt;b&gt; &amp;nbsp; &uuml; &#x1F600;", "x <b> &nbsp; \xc3\xbc \xf0\x9f\x98\x80"},
    {"<head><title>t</title><style>p{}</style></head><script>s()</script><p>a<!-- b --></p>", "a"},
    {"<a href='https://example.com/x'>here</a>", "here <https://example.com/x>"},
    {"<a href='https://example.com/'>example.com</a>", "example.com"},
    {"<a href='javascript:x'>here</a> <a href='mailto:a@b.example'>a@b.example</a>",
     "here a@b.example"},
    {"<a href='https://example.com/\nStatus: resolved'>x</a>", "x"},
    {"a<div style='display:none'>b</div>", "a"},
    {"a<span style='DISPLAY : none ; x'>b</span>c", "ac"},
    {"a<span style='visibility: hidden'>b</span>", "a"},
    {"a<span style='font-size:0'>b</span><i style='font-size:0px;'>c</i>", "a"},
    {"a<span style='font-size:0.9em'>b</span>", "ab"},
    {"<div style='font-size:0px'>a<table><tr><td style='font-size:14px'>b</td></tr></table></div>",
     "b"},
    {"a<span style='max-height:0px;overflow:hidden'>b</span><i style='opacity:0'>c</i>", "a"},
    {"a<p hidden>b</p>", "a"},
    {"a<span style='mso-hide:all'>b</span>", "a"},
    {"<p>new</p><blockquote>old<br>older</blockquote>", "new\n\n> old\n> older"},
    {"new<div class='gmail_quote'><div class='gmail_attr'>On x "
     "wrote:</div><blockquote>old</blockquote></div>",
     "new\n\n> On x wrote:\n\n> old"},
    {"new<div id='x_appendonsend'></div><hr><div id='divRplyFwdMsg'>From: x</div><p>old</p>",
     "new\n\n> From: x\n\n> old"},
    {"<div id='yahoo_quoted_1234'>old</div>new", "> old\nnew"},
    {"unclosed <b>a <i>b", "unclosed a b"},
    {"", ""},
    {"<p>", ""},
};

static char *to_text(const char *html)
{
    g_autoptr(GString) out = g_string_new(NULL);
    struct text bytes = unit_bytes(text_of(html));

    htmltext_write(out, bytes, 65536);
    unit_free(bytes);
    return g_strstrip(g_strdup(out->str));
}

TEST(html_becomes_the_text_that_its_reader_sees)
{
    for (size_t i = 0; i < G_N_ELEMENTS(shown); i++) {
        g_autofree char *text = to_text(shown[i].html);
        if (strcmp(text, shown[i].want) != 0) {
            print_message("%s\n", shown[i].html);
        }
        assert_string_equal(text, shown[i].want);
    }
}

/* As the clients send them, shortened. */
static const char *const replies[] = {
    "<div dir='ltr'>All good.</div><br><div class='gmail_quote gmail_quote_container'><div "
    "dir='ltr'"
    " class='gmail_attr'>On Tue, 24 Nov 2026 at 13:18, Status &lt;<a href='mailto:s@e.example'>"
    "s@e.example</a>&gt; wrote:<br></div><blockquote class='gmail_quote'>old</blockquote></div>",
    "<html><body><div class='WordSection1'><p class='MsoNormal'>All good.<o:p></o:p></p><div><div "
    "style='border:none;border-top:solid #E1E1E1 1.0pt'><p class='MsoNormal'><b>From:</b> Status "
    "&lt;s@e.example&gt; <br><b>Sent:</b> Tuesday<br><b>To:</b> Ada<br><b>Subject:</b> x</p></div>"
    "</div><p>old</p></div></body></html>",
    "<html><body><div>All good.</div><div id='ms-outlook-mobile-signature'>Get <a href='https://aka"
    ".ms/x'>Outlook for iOS</a></div><hr><div id='divRplyFwdMsg'><b>From:</b> "
    "Status</div>old</body>",
    "<html><body>All good.<br id='lineBreakAtBeginningOfSignature'><div>Sent from my iPhone</div>"
    "<div><br><blockquote type='cite'>On 24 Nov 2026, at 13:18, Status wrote:<br><br></blockquote>"
    "</div><blockquote type='cite'>old</blockquote></body></html>",
    "<html><body><p>All good.</p><div class='moz-cite-prefix'>On 24.11.26 13:18, Status wrote:<br>"
    "</div><blockquote type='cite' cite='mid:x'>old</blockquote><pre class='moz-signature'>-- \nAda"
    "</pre></body></html>",
};

TEST(html_replies_give_their_new_text)
{
    for (size_t i = 0; i < G_N_ELEMENTS(replies); i++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        g_autofree char *text = to_text(replies[i]);
        assert_string_equal(newtext_cut(arena, text), "All good.");
    }
}

TEST(hostile_html_takes_little_time_and_gives_little_text)
{
    static const char *const units[] = {
        "<div>",          "<b>",  "<blockquote>", "<a href='http://x'>",
        "&amp;",          "<li>", "<p>x",         "<div style='display:none'>",
        "<table><tr><td>"};

    for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
        g_autoptr(GString) html = g_string_new("x");
        while (html->len < 500000) {
            g_string_append(html, units[i]);
        }
        const clock_t began = clock(); /* of the processor: others may have it */
        g_autofree char *text = to_text(html->str);
        assert_true(clock() - began < 10 * CLOCKS_PER_SEC);
        assert_true(strlen(text) <= 65536 + 2000);
    }
}

static const struct {
    const char *flowed;
    bool is_delsp;
    const char *want;
} paragraphs[] = {
    {"one \ntwo\nthree", false, "one two\nthree\n"},
    {"one \ntwo", true, "onetwo\n"},
    {" stuffed\n  twice", false, "stuffed\n twice\n"},
    {"> a \n> b\n>> c\nd", false, "> a b\n>> c\nd\n"},
    {"> a \nb", false, "> a \nb\n"},
    {"text \n-- \nAda", false, "text \n-- \nAda\n"},
    {"-- \nAda", false, "-- \nAda\n"},
    {"a\r\n \r\nb", false, "a\n\nb\n"},
    {"", false, ""},
};

TEST(flowed_paragraphs_are_made_whole)
{
    for (size_t i = 0; i < G_N_ELEMENTS(paragraphs); i++) {
        g_autoptr(GString) out = g_string_new(NULL);
        flowed_join(out, text_of(paragraphs[i].flowed), paragraphs[i].is_delsp);
        assert_string_equal(out->str, paragraphs[i].want);
    }
}

static const struct {
    const char *charset;
    const char *bytes;
    const char *want;
} charsets[] = {
    {"utf-8", "\xc3\xbc", "\xc3\xbc"},
    {"UTF-8",
     "a\xff"
     "b",
     "a\xef\xbf\xbd"
     "b"},
    {"iso-8859-1", "\xfc\x80", "\xc3\xbc\xe2\x82\xac"},
    {"ISO-8859-2", "\xb1", "\xc4\x85"},
    {"koi8-r", "\xd4", "\xd1\x82"},
    {"iso-2022-jp", "\x1b$B$\"\x1b(B", "\xe3\x81\x82"},
    {"shift_jis", "\x82\xa0", "\xe3\x81\x82"},
    {"gb2312", "\xc4\xe3", "\xe4\xbd\xa0"},
    {"big5", "\xa7\x41", "\xe4\xbd\xa0"},
    {"euc-kr", "\xb0\xa1", "\xea\xb0\x80"},
    {NULL, "\xc3\xbc", "\xc3\xbc"},
    {NULL, "\xfc", "\xc3\xbc"},
    {"us-ascii", "\xfc", "\xc3\xbc"},
    {"x-unknown", "\xc3\xbc", "\xc3\xbc"},
    {"utf-7", "+ADw-script", "+ADw-script"},
    {"euc-jp", "\xa4", "\xef\xbf\xbd"},
};

TEST(a_charset_is_never_fatal)
{
    for (size_t i = 0; i < G_N_ELEMENTS(charsets); i++) {
        g_autoptr(GString) out = g_string_new(NULL);
        charset_convert(out, text_of(charsets[i].bytes), charsets[i].charset, 1000);
        assert_string_equal(out->str, charsets[i].want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(html_becomes_the_text_that_its_reader_sees),
        cmocka_unit_test(html_replies_give_their_new_text),
        cmocka_unit_test(hostile_html_takes_little_time_and_gives_little_text),
        cmocka_unit_test(flowed_paragraphs_are_made_whole),
        cmocka_unit_test(a_charset_is_never_fatal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
