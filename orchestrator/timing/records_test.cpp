#include "timing/records.hpp"

#include <thread>

#include <doctest/doctest.h>

#include "timing/kinds.hpp"
#include "util/files.hpp"

using namespace kproof;
using namespace kproof::timing;
using namespace std::chrono_literals;

TEST_CASE("what was measured is read again, the newest last and no more than is kept") {
  const util::ScratchDir scratch("kproof-timing-");
  const auto keys = keys_of_cell("tcg", "mm/dax", {{}}, "Debian 6.1");
  for (unsigned i = 1; i <= kKept + 2; ++i)
    add(scratch.path(), {{keys, {i * 1s, i}}});
  const Samples samples = read(scratch.path());
  CHECK(samples.size() == 3);
  for (const std::string& key : keys) {
    REQUIRE(samples.at(key).size() == kKept);
    CHECK(samples.at(key).front().bytes == 3);
    CHECK(samples.at(key).back().took == 7s);
  }
  CHECK(median(samples.at(keys[0]))->took == 5s);
}

TEST_CASE("a file that is damaged, or none, is no samples; what is not understood is left out") {
  CHECK(parse("").empty());
  CHECK(parse("[1").empty());
  CHECK(parse(R"({"samples": {"a": 1, "b": [[1]], "c": [[-1, 2], [3, 4]]}})").size() == 1);
  CHECK(parse(to_text({{"a", {{2s, 7}}}})).at("a").front().took == 2s);
  CHECK(read("/nonexistent").empty());
}

TEST_CASE("several that add at once lose nothing") {
  const util::ScratchDir scratch("kproof-timing-");
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([&, i] { add(scratch.path(), {{{"k" + std::to_string(i)}, {1s, 1}}}); });
  }
  CHECK(read(scratch.path()).size() == 4);
}

TEST_CASE("where nothing can be written nothing is kept, and nobody is told") {
  add("/proc/kproof-cache", {{{"k"}, {1s, 1}}});
  CHECK_FALSE(median({}));
}

TEST_CASE("cells are alike by accelerator, depth and MMU mode, then by case, then by kernel") {
  model::Level shadow;
  shadow.mmu = model::Mmu::shadow;
  CHECK(keys_of_cell("kvm", "mm/x", {shadow, {}}, "mine") ==
        std::vector<std::string>{"cell: kvm, 2 levels, shadow, mm/x, mine",
                                 "cell: kvm, 2 levels, shadow, mm/x",
                                 "cell: kvm, 2 levels, shadow"});
  const model::BuildSource source{.tree = model::SourcePackage{"linux-source-6.1"},
                                  .fragments = {"base", "dax"},
                                  .compiler = "clang"};
  CHECK(keys_of_build(source, false).front() ==
        "next build: tinyconfig + base + dax, clang of linux-source-6.1");
}
