#include "run/diagnosis_output.hpp"

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
                                       const DiagnosisOutput& diagnosis_output) {
  const util::ScratchDir dir("kproof-test-");
  const LevelFiles files{dir.path(), 1};
  util::write_file_atomically(files.console(), console);
  util::write_file_atomically(files.kmsg(), kmsg);
  const Observed seen = observe(files, "n", 0, diagnosis_output);
  CHECK(seen.lost_kmsg == 0);
  std::vector<std::string> titles;
  for (const auto& finding : seen.findings)
    titles.push_back(finding.title);
  return titles;
}

TEST_CASE("what stands between the diagnosis's marks is no finding, what stands around them is") {
  const DiagnosisOutput diagnosis_output{.mark = "m"};
  const std::string begin = "kproof-diagnosis m begin", end = "kproof-diagnosis m end";
  CHECK(titles(line(begin) + line(kBad) + line(end),
               record(0, begin) + record(1, kBad) + record(2, end), diagnosis_output)
            .empty());
  for (const bool before : {true, false}) {
    const std::string first = before ? kBad : "x", last = before ? "x" : kBad;
    CHECK(titles(line(first) + line(begin) + line("x") + line(end) + line(last),
                 record(0, first) + record(1, begin) + record(2, end) + record(3, last),
                 diagnosis_output)
              .size() == 1);
  }
}

TEST_CASE("behind the offset where a silent guest's diagnosis began nothing counts") {
  const std::string before = line(kBad), kmsg = record(0, kBad);
  const std::string dump = line("Kernel panic - not syncing: NMI: Not continuing");
  const DiagnosisOutput diagnosis_output{.from =
                                             DiagnosisOutput::Offsets{before.size(), kmsg.size()}};
  CHECK(titles(before + dump, kmsg + record(1, kBad), diagnosis_output) ==
        std::vector<std::string>{"bad pud"});
}

TEST_CASE("lines and records keep their numbers") {
  const DiagnosisOutput diagnosis_output{.from = DiagnosisOutput::Offsets{2, 0}};
  CHECK(console_without("a\nb\r\nc\n", diagnosis_output) == "a\n\n\n");
  CHECK(kmsg_without("4,7,1,-;text\n KEY=x\n", diagnosis_output) == "4,7,1,-;\n KEY=x\n");
}

TEST_CASE("without a diagnosis, or without its marks, nothing is left out") {
  CHECK(console_without("a\n", {}) == "a\n");
  CHECK(kmsg_without("4,7,1,-;text\n", {.mark = "m"}) == "4,7,1,-;text\n");
}
