#include "series/answer.hpp"

#include <doctest/doctest.h>

#include "series/made_up.hpp"

using namespace kproof;
using namespace kproof::series;
using model::Verdict;
using Word = Answer::Word;
using Cells = std::vector<model::CellResult>;

namespace {
Answer answer(const Cells& cells, const std::string& unbuilt = "") {
  return answer_of(
      matrix_of({{"before", "one", ""}, {"after", "two", unbuilt}}, cells, {{.name = "*"}}));
}
model::CellResult before(Verdict verdict, std::vector<std::string> findings = {}) {
  return cell("before", "mm/a", verdict, std::move(findings));
}
model::CellResult after(Verdict verdict, std::vector<std::string> findings = {}) {
  return cell("after", "mm/a", verdict, std::move(findings));
}
}  // namespace

TEST_CASE("a pass that stays one is not worse, nor is a failure that stays one") {
  CHECK(answer({before(Verdict::pass), after(Verdict::pass)}).text ==
        "Nothing became worse in 1 comparison.");
  const Answer same = answer({before(Verdict::fail, {"f"}), after(Verdict::fail, {"f"})});
  CHECK(same.word == Word::not_worse);
  CHECK(same.text == "Nothing became worse in 1 comparison; 1 case fails before and after.");
}

TEST_CASE("a failure that is new is worse, also beside what cannot be told") {
  const Answer worse =
      answer({before(Verdict::pass), after(Verdict::fail, {"WARNING in f"}),
              cell("before", "mm/b", Verdict::pass), cell("after", "mm/b", Verdict::broken)});
  CHECK(worse.word == Word::worse);
  CHECK(worse.text.starts_with("Worse: mm/a (pass -> fail)"));
}

TEST_CASE("what is mended is told") {
  CHECK(answer({before(Verdict::fail, {"f"}), after(Verdict::pass)}).text ==
        "Nothing became worse in 1 comparison; better: mm/a (fail -> pass).");
}

TEST_CASE("where one of both proves nothing, nothing is claimed") {
  CHECK(answer({before(Verdict::broken), after(Verdict::pass)}).word == Word::cannot_tell);
  CHECK(answer({before(Verdict::miss), after(Verdict::fail, {"f"})}).word == Word::cannot_tell);
  CHECK(answer({before(Verdict::pass)}).word == Word::cannot_tell);
  CHECK(answer({before(Verdict::pass)}, "mm/a.c:1: error").text ==
        "Cannot tell: after does not build.");
}

TEST_CASE("a case that both kernels skip says nothing, and nothing but such is no answer") {
  const Cells skips{cell("before", "mm/s", Verdict::skip), cell("after", "mm/s", Verdict::skip)};
  CHECK(answer(skips).text == "Cannot tell: no case proved anything on both kernels.");
  Cells more = skips;
  more.push_back(before(Verdict::pass));
  more.push_back(after(Verdict::pass));
  CHECK(answer(more).word == Word::not_worse);
}
