#include "run/aside.hpp"

#include <doctest/doctest.h>

#include "run/observe.hpp"
#include "util/files.hpp"

using namespace kproof;
using namespace kproof::run;

static const char kBad[] = "mm/pgtable-generic.c:39: bad pud 0000000057b5ea5f(84000001400008e7)";

static std::string line(const std::string& text) {
  return "[    1.000001] " + text + "\r\n";
}
static std::string record(int seq, const std::string& text) {
  return "3," + std::to_string(seq) + ",1000001,-;" + text + "\n";
}

static std::vector<std::string> titles(const std::string& console, const std::string& kmsg,
                                       const Aside& aside) {
  const util::ScratchDir dir("kproof-test-");
  const LevelFiles files{dir.path(), 1};
  util::write_file_atomically(files.console(), console);
  util::write_file_atomically(files.kmsg(), kmsg);
  const Observed seen = observe(files, "n", 0, aside);
  CHECK(seen.lost_kmsg == 0);
  std::vector<std::string> titles;
  for (const auto& finding : seen.findings)
    titles.push_back(finding.title);
  return titles;
}

TEST_CASE("what stands between the playbook's marks is no finding, what stands around them is") {
  const Aside aside{.mark = "m"};
  const std::string begin = "kproof-playbook m begin", end = "kproof-playbook m end";
  CHECK(titles(line(begin) + line(kBad) + line(end),
               record(0, begin) + record(1, kBad) + record(2, end), aside)
            .empty());
  for (const bool before : {true, false}) {
    const std::string first = before ? kBad : "x", last = before ? "x" : kBad;
    CHECK(titles(line(first) + line(begin) + line("x") + line(end) + line(last),
                 record(0, first) + record(1, begin) + record(2, end) + record(3, last), aside)
              .size() == 1);
  }
}

TEST_CASE("behind the offset where a silent guest's playbook began nothing counts") {
  const std::string before = line(kBad), kmsg = record(0, kBad);
  const std::string dump = line("Kernel panic - not syncing: NMI: Not continuing");
  const Aside aside{.from = Aside::Offsets{before.size(), kmsg.size()}};
  CHECK(titles(before + dump, kmsg + record(1, kBad), aside) ==
        std::vector<std::string>{"bad pud"});
}

TEST_CASE("lines and records keep their numbers") {
  const Aside aside{.from = Aside::Offsets{2, 0}};
  CHECK(console_without("a\nb\r\nc\n", aside) == "a\n\n\n");
  CHECK(kmsg_without("4,7,1,-;text\n KEY=x\n", aside) == "4,7,1,-;\n KEY=x\n");
}

TEST_CASE("without a playbook, or without its marks, nothing is left out") {
  CHECK(console_without("a\n", {}) == "a\n");
  CHECK(kmsg_without("4,7,1,-;text\n", {.mark = "m"}) == "4,7,1,-;text\n");
}
