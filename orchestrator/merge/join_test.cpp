#include "merge/join.hpp"

#include <doctest/doctest.h>

#include "util/error.hpp"

using namespace kproof;
using namespace kproof::merge;
using model::Verdict;

namespace {

std::vector<std::string> no_models() {
  return {};
}

const std::vector<std::string> kCases{"mm/a", "mm/b"};

// Of the plan's four cells, k1 and k2 with mm/a and mm/b.
Part part(const std::string& name, std::optional<model::Shard> shard,
          const std::string& more = "") {
  const std::string text =
      "schema: 1\nkernels: { k1: { path: x }, k2: { path: x } }\ncases: [mm/*]\n" + more;
  const model::PlanTexts texts{{"/" + name + "/p.yaml", text}};
  const model::Plan plan = config::read_plan(texts, no_models);
  const plan::Filter filter{.shard = shard};
  const auto cells = plan::expand(plan, filter, kCases).cells;
  Part part{.name = name,
            .directory = "/" + name,
            .manifest = manifest::make(plan, texts, filter, kCases, cells, "2026-11-29T10:00:00Z"),
            .ended = report::Ended{.kind = "run",
                                   .started = "2026-11-29T10:00:00Z",
                                   .ended = "2026-11-29T11:00:00Z"},
            .cells = {},
            .remarks = {}};
  part.ended->host.hostname = name;
  for (const model::Cell& cell : cells) {
    model::CellResult& result = part.cells[cell.id];
    result.id = cell.id;
    result.kernel = cell.kernel.name;
    result.topology = cell.topology.name;
    result.test = cell.test.alias;
    result.repetition = cell.repetition;
    result.inputs = "kernel 1; case 2";
    result.judgement = {Verdict::pass, model::Blame::none, "", true};
  }
  return part;
}

manifest::Cells whole_of(const Part& part) {
  manifest::Manifest whole = part.manifest;
  whole.filter.shard.reset();
  return manifest::expand(whole, no_models);
}

report::RunReport joined(const std::vector<Part>& parts) {
  return report_of(parts, join(parts), whole_of(parts.front()));
}

std::string refusal(const std::vector<Part>& parts) {
  try {
    join(parts);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("all shards are one whole report, in the plan's order") {
  const std::vector<Part> parts{part("two", model::Shard{2, 2}), part("one", model::Shard{1, 2})};
  const auto report = joined(parts);
  REQUIRE(report.cells.size() == 4);
  CHECK(report.cells[0].id == "k1/l1/mm/a");
  CHECK(report.cells[3].id == "k2/l1/mm/b");
  CHECK(report.planned == 4);
  CHECK(report.unrun.empty());
  CHECK_FALSE(report.interrupted);
  CHECK_FALSE(report.shard);
  REQUIRE(report.parts.size() == 2);
  CHECK(report.parts[0].shard == model::Shard{2, 2});
  CHECK(report.parts[0].host.hostname == "two");
  CHECK(report.parts[0].cells == 2);
  CHECK(tell_missing(parts, report).empty());
  CHECK(join(parts).remarks.empty());
}

TEST_CASE("a shard that is not there is told by its cells") {
  const std::vector<Part> parts{part("one", model::Shard{1, 2})};
  const auto report = joined(parts);
  CHECK(report.cells.size() == 2);
  REQUIRE(report.unrun.size() == 2);
  CHECK(report.unrun[0].id == "k2/l1/mm/a");
  CHECK(tell_missing(parts, report) ==
        std::vector<std::string>{"2 cells of the plan without a result, as no part was to run it: "
                                 "k2/l1/mm/a, k2/l1/mm/b"});
}

TEST_CASE("a shard that was interrupted is told by its cells, and makes the whole so") {
  std::vector<Part> parts{part("one", model::Shard{1, 2}), part("two", model::Shard{2, 2})};
  parts[1].cells.erase("k2/l1/mm/b");
  parts[1].ended->interrupted = true;
  const auto report = joined(parts);
  CHECK(report.interrupted);
  REQUIRE(report.unrun.size() == 1);
  CHECK(
      tell_missing(parts, report) ==
      std::vector<std::string>{"1 cell of the plan without a result, as two has none: k2/l1/mm/b"});
  SUBCASE("unless another part has what it lacks") {
    parts.push_back(part("again", model::Shard{2, 2}));
    const auto whole = joined(parts);
    CHECK_FALSE(whole.interrupted);
    CHECK(whole.unrun.empty());
  }
}

TEST_CASE("what a shard ran again is part of the whole, and shows the flake") {
  std::vector<Part> parts{part("one", model::Shard{1, 2}), part("two", model::Shard{2, 2})};
  model::CellResult& first = parts[0].cells.at("k1/l1/mm/a");
  model::CellResult again = first;
  first.judgement = {Verdict::fail, model::Blame::kernel, "not ok 1", false};
  again.id += "@2";
  again.repetition = 2;
  parts[0].cells.emplace(again.id, again);
  const auto report = joined(parts);
  REQUIRE(report.cells.size() == 5);
  CHECK(report.planned == 5);
  CHECK(report.cells[4].id == "k1/l1/mm/a@2");
  CHECK(report.cells[4].judgement.verdict == Verdict::pass);
  CHECK_FALSE(report.interrupted);
}

TEST_CASE("parts of another plan or of other options are refused by name") {
  const Part one = part("one", model::Shard{1, 2});
  CHECK(refusal({one, part("two", model::Shard{2, 2}, "repetitions: 2\n")}) ==
        "one and two are no parts of one run: the plan differs");
  Part narrowed = part("two", model::Shard{2, 2});
  narrowed.manifest.filter.kernels = {"k2"};
  CHECK(refusal({one, narrowed}) == "one and two are no parts of one run: --kernel differs");
}

TEST_CASE("a cell that two parts have must be the same") {
  const Part one = part("one", {});
  Part two = part("two", {});
  CHECK(refusal({one, two}) == "accepted");
  CHECK(join({one, two})
            .remarks.at(0)
            .starts_with(
                "two: 4 cells left out, as another has the same result: k1/l1/mm/a (of one)"));
  two.cells.at("k1/l1/mm/b").inputs = "kernel 9; case 2";
  CHECK(refusal({one, two}) == "k1/l1/mm/b is in one and in two with other inputs: kernel");
  two = part("two", {});
  two.cells.at("k1/l1/mm/b").judgement.verdict = Verdict::crash;
  CHECK(refusal({one, two}) == "k1/l1/mm/b is pass in one and crash in two");
  two = part("two", {});
  two.cells.at("k1/l1/mm/b").findings = {{.title = "bad pud"}};
  CHECK(refusal({one, two}) == "k1/l1/mm/b is pass in one and pass in two");
}

TEST_CASE("a plan's rate is held to the repetitions of all parts") {
  const std::string flaky =
      "repetitions: 4\nexpect: [{ kernel: k1, case: mm/a, verdict: [pass, fail], "
      "may_find: [^x$], flaky: { most: 1/4, link: https://l } }]\n";
  Part one = part("one", {}, flaky);
  Part two = one;
  two.name = "two";
  const auto is_early = [](const auto& item) { return item.second.repetition <= 2; };
  std::erase_if(two.cells, is_early);
  std::erase_if(one.cells, [&](const auto& item) { return !is_early(item); });
  one.cells.at("k1/l1/mm/a@2").judgement.verdict = Verdict::fail;
  two.cells.at("k1/l1/mm/a@3").judgement.verdict = Verdict::fail;
  const auto report = joined({one, two});
  std::size_t unexpected = 0;
  for (const auto& cell : report.cells)
    unexpected += !cell.judgement.expected;
  CHECK(unexpected == 2);
}

TEST_CASE("hosts that differ are told") {
  std::vector<Part> parts{part("one", model::Shard{1, 2}), part("two", model::Shard{2, 2})};
  parts[0].ended->host.qemu = "7.2";
  parts[1].ended->host.qemu = "8.0";
  CHECK(join(parts).remarks == std::vector<std::string>{"the parts differ in QEMU: 7.2; 8.0"});
}
