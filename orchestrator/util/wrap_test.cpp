#include "util/wrap.hpp"

#include <doctest/doctest.h>

#include "util/uri.hpp"

using namespace kproof::util;

TEST_CASE("a paragraph is broken between words, and a word that is too long stays whole") {
  CHECK(wrap("a bb ccc", 2, 6) == "  a bb\n  ccc\n");
  CHECK(wrap("abcdefgh i", 2, 6) == "  abcdefgh\n  i\n");
  CHECK(wrap("", 2, 6).empty());
}

TEST_CASE("a path becomes an address that a browser takes for nothing else") {
  CHECK(uri_of_path("nights/2026-11-29/a.html") == "nights/2026-11-29/a.html");
  CHECK(uri_of_path("a b%\"<é:#?") == "a%20b%25%22%3C%C3%A9%3A%23%3F");
}
