namespace LiveStreams.Api.Tests.Fuzz;

/// <summary>Input that often breaks parsers. Each character stands for one byte (Latin-1).</summary>
internal static class MalformedInput
{
    /// <summary>
    /// Raw bytes: line ends, NUL, and UTF-8 that is overlong, truncated, a surrogate, or beyond Unicode.
    /// </summary>
    public static readonly string[] Bytes =
    [
        "\0", "\r", "\n", "\r\n", "\r\n\r\n", "\t", "\v", "\f", "\x1b[2J", "\x7f", "\x80", "\xff", "\xfe\xff",
        "\xc0\x80", "\xc0\xaf", "\xe0\x80\xaf", "\xf0\x80\x80\xaf", "\xed\xa0\x80", "\xed\xb0\x80", "\xf4\x90\x80\x80",
        "\xf8\x88\x80\x80\x80", "\xc3", "\xe2\x82",
        "\xef\xbb\xbf", "\xe2\x80\xa8", "\xe2\x80\xae", "\xf0\x9f\x8e\x89", "\xcc\x81", "\xe2\x80\x8d", "\xef\xbf\xbe",
        " ", "  ", ":", ";", ",", "\"", "\\", "{", "}", "../", "//",
    ];

    /// <summary>The same and more, for percent-encoded text.</summary>
    public static readonly string[] Encoded =
    [
        "%00", "%0D%0A", "%0d%0aSet-Cookie:%20a=b", "%0A%0Adata:%20forged", "%C0%AF", "%C0%80", "%E0%80%AF",
        "%F0%80%80%AF", "%ED%A0%80", "%F4%90%80%80", "%F8%88%80%80%80",
        "%C3", "%E2%82", "%", "%2", "%zz", "%%", "%25", "%2500", "%252F", "%u0041", "%2F", "%2F%2F", "%5C", "%2e%2e",
        "%2E%2E%2F", "..", ".", "/", "/../", "/./", "//", "%7B", "%7D",
        "%E2%80%AE", "%E2%80%8D", "%EF%BB%BF", "%FF%FE", "%20", "+", ";", "?", "#", "&", "=", "*", "@", ":", "\\",
        "<script>",
    ];

    public static readonly string[] Numbers =
    [
        "0", "-0", "-1", "+1", "1", "00", "1e3", "0x10", "1.5", "2147483647", "2147483648", "-2147483648",
        "-2147483649", "4294967296", "9223372036854775807", "9223372036854775808",
        "-9223372036854775808", "18446744073709551616", "99999999999999999999999999", " 1", "1 ", "1,1", "\xd9\xa1",
        "NaN", "Infinity", "", "-", "true", "null",
    ];

    public static readonly string[] Times =
    [
        "10m", "99999d", "0s", "-1s", "100000d", "10", "m", "10M", "10m\n", "2026-01-31T18:00:00Z", "0001-01-01",
        "9999-12-31T23:59:59.9999999Z", "0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00 14:00",
        "9999-12-31T23:59:59-14:00", "2026-13-41", "2026-02-30T25:61:61Z", "2026-01-31T18:00:00%2B02:00", "10000-01-01",
        "2026-01-31T::::::::Z", "2026-01-31T1.1.1", "yesterday", "",
    ];

    public static readonly string[] Ids =
    [
        "0", "00", "-", "0-0", "7eec645c92cd-", "7eec645c92cd-0", "7eec645c92cd--1", "7eec645c92cd-01",
        "7EEC645C92CD-1", "000000000000-1", "ffffffffffff-1", "7eec645c92cd-999999999999999999",
        "7eec645c92cd-1000000000000000000", "7eec645c92cd-9223372036854775807", "7eec645c92cd-1-1", "7eec645c92c-1",
        " 7eec645c92cd-1", "+eec645c92cd-1", "7eec645c92cd-+1", "\xd9\xa1", "",
    ];

    public static readonly string[] Json =
    [
        "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\u0000\"", "\"\\u2028\"", "\"\\x\"", "\"\\u12\"", "\"\xc0\xaf\"",
        "\"\0\"", "\"\r\n\"", "1e999999", "-0", "01", ".5", "1.", "+1", "NaN", "tru",
        "{\"renders\":1}", "{\"renders\\ud800\":{}}", "{\"\\ud800enders\":{}}", "{\"renders\":{\"a\":null}}",
        "{\"renders\":{\"\\udc00\":{\"show\":true,\"content\":\"\"}}}", "{\"removals\":[\"\\ud800\"]}",
        "{\"removals\":[[]]}", "{\"renders\":{},\"renders\":{}}",
        "{\"renders\":{\"4294967294\":{\"show\":true,\"content\":\"x\"},"
            + "\"a\":{\"show\":false,\"content\":\"\\ud83c\\udf89\"}}}",
        "{\"renders\":{\"..\":{\"show\":true,\"content\":\"\"}}}",
        "{\"renders\":{\"\":{\"show\":true,\"content\":\"\"}}}", "{\"removals\":[\"a\\u0000b\"],\"renders\":{}}", "{}",
        "[]", "{}{}", "[1,]", "{\"a\":1,}", "/**/1",
        "{\"a\":1,\"a\":2}", "\"", "[", "{", "", " ", "\xef\xbb\xbf{}",
    ];
}
