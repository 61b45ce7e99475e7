#include "console/kmsg.hpp"

#include <doctest/doctest.h>

#include "console/kmsg_analyzer.hpp"

using namespace kproof::console;

TEST_CASE("a record of the kernel is told from one of a program") {
  const auto kernel = parse_kmsg("3,339,5140900,-;bad pud");
  REQUIRE(kernel);
  CHECK(kernel->from_kernel());
  CHECK(kernel->level == 3);
  CHECK(kernel->seq == 339);
  CHECK(kernel->usec == 5140900);
  CHECK(kernel->text == "bad pud");
  const auto user = parse_kmsg("12,340,5140901,-,caller=T123;hello\n SUBSYSTEM=pci\n");
  REQUIRE(user);
  CHECK_FALSE(user->from_kernel());
  CHECK(user->level == 4);
  CHECK(user->caller == "T123");
  CHECK(user->text == "hello");
}

TEST_CASE("escaped bytes of a record are read back") {
  CHECK(parse_kmsg("6,1,2,-;a\\x0ab\\x5cc\\xzz")->text == "a\nb\\c\\xzz");
}

TEST_CASE("what is no record is refused") {
  for (const char* text : {"", ";", "6;x", "6,1;x", "6,1,2", "a,1,2,-;x", "-6,1,2,-;x", "6,1,2,-"})
    CHECK_FALSE(parse_kmsg(text));
}

TEST_CASE("each line of what user space wrote is known with its time") {
  UserRecords records;
  records.add(*parse_kmsg("12,1,5000000,-;one\\x0a\\x1b[31mtwo"));
  CHECK(records.contains(5000000, "one"));
  CHECK(records.contains(5000000, "two"));
  CHECK_FALSE(records.contains(5000001, "one"));
  CHECK_FALSE(records.contains(5000000, "three"));
}

static KmsgAnalyzer analyze_kmsg(std::string_view stream, const std::string& nonce = "") {
  Options options;
  options.nonce = nonce;
  options.source = kproof::model::Source::kmsg;
  KmsgAnalyzer analyzer(options);
  for (const char byte : stream)
    analyzer.feed({&byte, 1});
  analyzer.finish();
  return analyzer;
}

TEST_CASE("only the kernel's own records are findings") {
  const KmsgAnalyzer analyzer = analyze_kmsg(
      "6,0,1,-;Linux version 6.1\n"
      "12,1,2,-;BUG: kernel NULL pointer dereference, says a program\n"
      "3,2,3,-;mm/pgtable-generic.c:39: bad pud 00000000f3a1c2d4(84000001400008e7)\n"
      " SUBSYSTEM=mm\n");
  REQUIRE(analyzer.findings().size() == 1);
  CHECK(analyzer.findings()[0].title == "bad pud");
  CHECK(analyzer.findings()[0].start_line == 3);
  CHECK(analyzer.findings()[0].source == kproof::model::Source::kmsg);
  CHECK(
      analyzer.user_records().contains(2, "BUG: kernel NULL pointer dereference, says a program"));
}

TEST_CASE("records that were overwritten unread are counted") {
  CHECK(analyze_kmsg("6,0,1,-;a\n6,1,2,-;b\n").lost() == 0);
  CHECK(analyze_kmsg("6,3,1,-;a\n6,4,2,-;b\n6,10,2,-;b\n").lost() == 8);
}

TEST_CASE("nonsense in the stream is counted and harmless") {
  const KmsgAnalyzer analyzer = analyze_kmsg("garbage\n6,0,1,-;a\n\x01\x02\n");
  CHECK(analyzer.malformed() == 2);
  CHECK(analyzer.findings().empty());
}

TEST_CASE("a canary is seen in kmsg though a program wrote it") {
  const KmsgAnalyzer analyzer = analyze_kmsg(
      "12,0,1,-;kproof-canary 77 begin\n12,1,2,-;kproof-canary 77 end\n"
      "12,2,3,-;kproof-canary 78 end\n",
      "77");
  CHECK(analyzer.facts().canary_begin);
  CHECK(analyzer.facts().canary_end);
  CHECK(analyzer.findings().empty());
}
