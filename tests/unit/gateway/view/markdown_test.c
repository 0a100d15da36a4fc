#include "gateway/view/markdown.h"
#include "tests/unit/unit.h"

#include <time.h>

#define ARENA_BYTES (64 * 1024 * 1024)

struct example {
    const char *source;
    const char *made;
};

TEST(markdown_becomes_html_as_people_mean_it_in_mail)
{
    static const struct example cases[] = {
        {"", ""},
        {"one\ntwo\n\nthree", "<p>one<br>\ntwo</p>\n<p>three</p>\n"},
        {"*a* **b** `c<d`", "<p><em>a</em> <strong>b</strong> <code>c&lt;d</code></p>\n"},
        {"# Title\n\n---\n", "<h1>Title</h1>\n<hr>\n"},
        {"- a\n- b\n\n3. c\n4. d\n",
         "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n<ol start=\"3\">\n<li>c</li>\n<li>d</li>\n</ol>\n"},
        {"- a\n\n- b\n", "<ul>\n<li><p>a</p>\n</li>\n<li><p>b</p>\n</li>\n</ul>\n"},
        {"> quoted\n> more\n", "<blockquote>\n<p>quoted<br>\nmore</p>\n</blockquote>\n"},
        {"```c\n<x>\n```\n", "<pre><code>&lt;x&gt;\n</code></pre>\n"},
        {"[t](https://e.com/a?b=1&c=2 \"title\")",
         "<p><a href=\"https://e.com/a?b=1&amp;c=2\">t</a></p>\n"},
        {"<https://e.com/> <a@e.com>", "<p><a href=\"https://e.com/\">https://e.com/</a> <a "
                                       "href=\"mailto:a@e.com\">a@e.com</a></p>\n"},
        {"![graph](https://e.com/g.png)", "<p><a href=\"https://e.com/g.png\">graph</a></p>\n"},
        {"![](https://e.com/g.png)",
         "<p><a href=\"https://e.com/g.png\">https://e.com/g.png</a></p>\n"},
        {"[![alt](http://a/i)](http://b/)", "<p><a href=\"http://b/\">alt</a></p>\n"},
        {"[a *b*](/local) c", "<p>a <em>b</em> c</p>\n"},
        {"5 < 6 & \"x\" 'y'", "<p>5 &lt; 6 &amp; &quot;x&quot; &#39;y&#39;</p>\n"},
        {"<b>bold</b>", "<p>&lt;b&gt;bold&lt;/b&gt;</p>\n"},
        {"<div>\na\n</div>", "<p>&lt;div&gt;<br>\na<br>\n&lt;/div&gt;</p>\n"},
        {"--------------------------------------------------------------------------\nx",
         "<hr>\n<p>x</p>\n"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        assert_string_equal(markdown_to_html(arena, cases[i].source), cases[i].made);
    }
}

/* Every tag is one of ours, with no attribute but href of three schemes, and start. */
static void assert_harmless(const char *html)
{
    static const char *const tags[] = {"p",          "br", "em", "strong", "code", "pre",
                                       "blockquote", "ul", "ol", "li",     "h1",   "h2",
                                       "h3",         "h4", "h5", "h6",     "hr",   "a"};
    static const char *const begins[] = {"a href=\"https://", "a href=\"http://",
                                         "a href=\"mailto:", "ol start=\""};

    for (const char *at = strchr(html, '<'); at != NULL; at = strchr(at + 1, '<')) {
        const char *end = strchr(at, '>');
        assert_non_null(end);
        g_autofree char *inside = g_strndup(at + 1, (gsize)(end - at - 1));
        const char *name = inside[0] == '/' ? inside + 1 : inside;
        bool is_ours = false;
        for (size_t i = 0; i < G_N_ELEMENTS(tags); i++)
            is_ours |= strcmp(name, tags[i]) == 0;
        for (size_t i = 0; i < G_N_ELEMENTS(begins); i++)
            is_ours |= g_ascii_strncasecmp(inside, begins[i], strlen(begins[i])) == 0 &&
                       strchr(inside + strlen(begins[i]), '"') == inside + strlen(inside) - 1;
        if (!is_ours)
            print_error("<%s> in %s\n", inside, html);
        assert_true(is_ours);
    }
}

static const char *const attacks[] = {
    "<script>alert(1)</script>",
    "<ScRiPt src=//e.com/x.js></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<a href=javascript:alert(1)>x</a>",
    "<style>*{background:url(//e.com)}</style>",
    "<link rel=stylesheet href=//e.com/x.css>",
    "<meta http-equiv=refresh content=0;url=//e.com>",
    "<base href=//e.com>",
    "<form action=//e.com><input name=a></form>",
    "<body onload=alert(1)>",
    "<math><mi xlink:href=javascript:alert(1)>",
    "<object data=javascript:alert(1)>",
    "<embed src=javascript:alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)>",
    "<!--<img src=x onerror=alert(1)>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo 1 ?>",
    "<!DOCTYPE html><script>",
    "</p><script>alert(1)</script>",
    "<<script>alert(1)</script>",
    "<img src=\"x\" \n onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](&#x6a;avascript&colon;alert(1))",
    "[x](java&Tab;script:alert(1))",
    "[x](java&NewLine;script:alert(1))",
    "[x](<java\tscript:alert(1)>)",
    "[x]( javascript:alert(1))",
    "[x](\\javascript:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](file:///etc/passwd)",
    "[x](//e.com)",
    "[x](/relative)",
    "[x](feed:javascript:alert(1))",
    "[x](view-source:http://e.com)",
    "[x](https:e.com)",
    "[x](http://e.com/\"onmouseover=\"alert(1))",
    "[x](<http://e.com/\" onmouseover=\"alert(1)>)",
    "[x](http://e.com/'onmouseover='alert(1))",
    "[x](http://e.com/%22%20onclick=alert(1))",
    "[x](http://e.com/&quot;onclick=alert(1))",
    "[x](http://e.com/<script>)",
    "[x](http://e.com/ \"t\\\" onclick=alert(1)\")",
    "[x](http://e.com/ '<script>')",
    "[<script>alert(1)</script>](http://e.com)",
    "[x][r]\n\n[r]: javascript:alert(1)",
    "[x][r]\n\n[r]: http://e.com \"\\\"><script>\"",
    "![x](javascript:alert(1))",
    "![x\" onerror=\"alert(1)](http://e.com/x.png)",
    "![](http://e.com/\"><script>)",
    "![<img src=x onerror=alert(1)>](http://e.com)",
    "![x](data:image/svg+xml,<svg onload=alert(1)>)",
    "<javascript:alert(1)>",
    "<data:text/html,x>",
    "<http://e.com/\"onclick=alert(1)>",
    "<a@e.com\"onclick=alert(1)>",
    "```\"><script>\n</code></pre><script>\n```",
    "`</code><script>alert(1)</script>`",
    "~~~ <script>\nx",
    "    </code><script>alert(1)</script>",
    "# <script>alert(1)</script>",
    "> <script>alert(1)</script>",
    "- <img src=x onerror=alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)",
    "*<script>*alert(1)</script>",
    "{{{x}}}{{>p}}{{#s}}",
    "\xe2\x80\xae[x](http://e.com/\xe2\x80\xae)",
    "[x](http://e.com/\xc3\xa9)",
    "a\\\n<script>",
};

TEST(no_attack_becomes_anything_but_text_and_links)
{
    for (size_t i = 0; i < G_N_ELEMENTS(attacks); i++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        assert_harmless(markdown_to_html(arena, attacks[i]));
        assert_harmless(markdown_escape_html(arena, text_of(attacks[i])));
        /* The same beyond the limits, where nothing is understood. */
        g_autofree char *quoted = g_strnfill(MARKDOWN_MOST_DEPTH + 1, '>');
        g_autofree char *deep = g_strdup_printf("%s\n\n%s", quoted, attacks[i]);
        const char *html = markdown_to_html(arena, deep);
        assert_harmless(html);
        assert_null(strstr(html, "<a "));
    }
}

struct pathology {
    const char *part;
    const char *last; /* after all the parts */
};

TEST(pathological_input_ends_soon_and_stays_small)
{
    static const struct pathology cases[] = {
        {">", "x"},
        {"> ", "x"},
        {"- ", "x"},
        {"* ", "x"},
        {"1. ", "x"},
        {"[", ""},
        {"![", ""},
        {"*a ", ""},
        {"*a **a ", ""},
        {"_a __a ", ""},
        {"a** b", ""},
        {"a_ ", ""},
        {"[a](", ""},
        {"[a](<b", ""},
        {"![a](", ""},
        {"`a``", ""},
        {"<", ""},
        {"<!--", ""},
        {"<?", ""},
        {"<![CDATA[", ""},
        {"</", ""},
        {"&", ""},
        {"\\", ""},
        {"a\n", ""},
        {"\n", "x"},
        {"\"\n", ""},
        {"\"", ""},
        {"- a\n", ""},
        {"[a]: b\n", ""},
        {"[a]: b\n[a]\n", ""},
        {"[ (](", ""},
        {"**x [a*b**c*](d)", ""},
        {"x\n\n    ", ""},
        {"*_", "a"},
        {"[![", ""},
        {"- - a\n  - b\n", ""},
        {"```\n", ""},
        {"#", ""},
        {"    x\n", ""},
        {"| a ", ""},
        {"<a ", ""},
        {"<a b='", ""},
        {"[x](http://e.com) ", ""},
        {"\xc3\xa9", ""},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        g_autoptr(GString) source = g_string_new("");
        while (source->len + strlen(cases[i].part) + 1 < MARKDOWN_MOST_SOURCE_BYTES)
            g_string_append(source, cases[i].part);
        g_string_append(source, cases[i].last);
        const clock_t began = clock();
        const char *html = markdown_to_html(arena, source->str);
        const char *line = markdown_to_line(arena, source->str, 80);
        const double seconds = (double)(clock() - began) / CLOCKS_PER_SEC;
        if (seconds > 0.2)
            print_message("\"%s\" x %d: %.2f s\n", cases[i].part,
                          (int)(source->len / strlen(cases[i].part)), seconds);
        assert_true(seconds < 4); /* under a sanitizer and beside other tests */
        assert_true(strlen(html) <= MARKDOWN_MOST_HTML_BYTES);
        assert_true(g_utf8_strlen(line, -1) <= 80);
        assert_harmless(html);
    }
}

TEST(lists_nested_by_indentation_meet_the_limit)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    g_autoptr(GString) source = g_string_new("");

    for (int depth = 0; depth < 40; depth++)
        g_string_append_printf(source, "%*s- a\n", 2 * depth, "");
    assert_non_null(strstr(markdown_to_html(arena, source->str), "<li>"));
    for (int depth = 40; depth < 60; depth++)
        g_string_append_printf(source, "%*s- a\n", 2 * depth, "");
    assert_null(strstr(markdown_to_html(arena, source->str), "<li>"));
}

TEST(what_is_too_long_is_cut_at_a_character)
{
    OWN(arena) arena = arena_open(ARENA_BYTES);
    g_autoptr(GString) source = g_string_new("a");

    while (source->len <= MARKDOWN_MOST_SOURCE_BYTES)
        g_string_append(source, "\xc3\xa9");
    const char *html = markdown_to_html(arena, source->str);
    assert_true(g_utf8_validate(html, -1, NULL));
    assert_true(g_str_has_suffix(html, "\xc3\xa9\xe2\x80\xa6</p>\n"));
}

TEST(the_first_paragraph_as_a_line)
{
    static const struct {
        const char *source;
        size_t most;
        const char *line;
    } cases[] = {
        {"We are *looking*\ninto `it`.\n\nMore.", 80, "We are looking into it."},
        {"# Summary\n\ntext", 80, "Summary"},
        {"One. Two! Three is longer.", 10, "One. Two!"},
        {"One. Two! Three is longer.", 8, "One."},
        {"abcdefghij klm", 12, "abcdefghij\xe2\x80\xa6"},
        {"abcdefghijklm", 5, "abcd\xe2\x80\xa6"},
        {"- [a](http://b) c\n- d", 80, "a c"},
        {"![alt](http://b)", 80, "alt"},
        {"```\ncode\nmore\n```\n", 80, "code more"},
        {"<b>x</b>", 80, "<b>x</b>"},
        {"", 80, ""},
        {"---\n", 80, ""},
        {"abc", 0, ""},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        OWN(arena) arena = arena_open(ARENA_BYTES);
        assert_string_equal(markdown_to_line(arena, cases[i].source, cases[i].most), cases[i].line);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(markdown_becomes_html_as_people_mean_it_in_mail),
        cmocka_unit_test(no_attack_becomes_anything_but_text_and_links),
        cmocka_unit_test(pathological_input_ends_soon_and_stays_small),
        cmocka_unit_test(lists_nested_by_indentation_meet_the_limit),
        cmocka_unit_test(what_is_too_long_is_cut_at_a_character),
        cmocka_unit_test(the_first_paragraph_as_a_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
