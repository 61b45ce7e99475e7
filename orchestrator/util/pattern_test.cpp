#include "util/pattern.hpp"

#include <doctest/doctest.h>

using kproof::util::Pattern;
using kproof::util::PatternError;

static PatternError refusal(const char* text) {
  try {
    const Pattern pattern(text);
  } catch (const PatternError& error) {
    return error;
  }
  return {"accepted", "", 0};
}

TEST_CASE("a pattern is searched for anywhere, unless it is anchored") {
  CHECK(Pattern("pud").found_in("bad pud"));
  CHECK_FALSE(Pattern("^pud").found_in("bad pud"));
  CHECK(Pattern("^WARNING in kvm_\\w+$").found_in("WARNING in kvm_unmap_gfn"));
  CHECK(Pattern("\\bf\\b").text() == "\\bf\\b");
}

TEST_CASE("no pattern and no text makes a search endless or deep") {
  const std::string text(1 << 20, 'x');
  CHECK_FALSE(Pattern("^BUG: (x+)+$").found_in("BUG: " + text + "!"));
  CHECK(Pattern("^(x|y)*$").found_in(text));
}

TEST_CASE("what RE2 does not take is said in its words, with the place and the next step") {
  CHECK(std::string(refusal("bad (pud").what()) == "`bad (pud` is no pattern: missing ): bad (pud");
  CHECK(refusal("a{2000}").at == 1);
  CHECK(refusal("WARNING in [z-a]").at == 12);
  CHECK(refusal("ends in \\").at == 8);
  CHECK(refusal("a").what() == std::string("accepted"));
}

TEST_CASE("who knows other patterns is told what these have not") {
  const PatternError ahead = refusal("^BUG(?!: soft)");
  CHECK(std::string(ahead.what()) == "`^BUG(?!: soft)` is no pattern: invalid perl operator: (?!");
  CHECK(ahead.hint().starts_with("RE2 has no look-ahead"));
  CHECK(ahead.at == 4);
  CHECK(refusal("(a)\\1").hint().starts_with("RE2 has no back references"));
  CHECK(refusal("\xff").at == 0);
}
