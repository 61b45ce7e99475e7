#include "sweep/pipeline.hpp"

#include <algorithm>
#include <condition_variable>
#include <set>

#include <doctest/doctest.h>
#include <sys/eventfd.h>

#include "resources/made_up_host.hpp"
#include "source/unbuildable.hpp"
#include "util/error.hpp"

using namespace kproof;
using namespace kproof::sweep;
using resources::GiB;
using Words = std::vector<std::string>;

namespace {

// A run of made-up kernels and cells on a made-up host of 4 cores; what happens is told in words.
struct Bench {
  resources::MadeUpHost host;
  resources::Gate gate{host.setup("mine")};
  util::Fd stop{::eventfd(0, EFD_CLOEXEC)};
  std::mutex mutex;
  Words words;
  std::map<std::string, std::exception_ptr> faults;  // by kernel or cell
  std::set<std::string> kept;
  std::function<void(const std::string& word)> on_word = [](const std::string&) {};
  std::vector<model::KernelSpec> kernels;
  std::vector<PreparedCell> cells;
  bool kernels_first = false, unbuildable_ends = false;

  void kernel(const std::string& name, const std::string& tree, const Words& patches = {}) {
    kernels.push_back(
        {.name = name,
         .source = model::BuildSource{
             .tree = model::SourcePackage{tree}, .patches = patches, .fragments = {}}});
  }
  void cell(const std::string& id, const std::string& kernel, unsigned repetition = 1) {
    PreparedCell& one = cells.emplace_back();
    one.cell.id = id;
    one.cell.kernel.name = kernel;
    one.cell.topology.levels.resize(1);
    one.cell.repetition = repetition;
    one.levels.resize(1);
    one.levels[0].level.memory = GiB;
  }
  void tell(const std::string& word) {
    {
      const std::lock_guard lock(mutex);
      words.push_back(word);
    }
    on_word(word);
  }
  bool told(const std::string& word) {
    const std::lock_guard lock(mutex);
    return std::ranges::find(words, word) != words.end();
  }
  Fate prepare(PreparedCell& cell) {
    if (kept.contains(cell.cell.id))
      return {.what = Fate::kept, .result = model::CellResult{.id = cell.cell.id}};
    for (const std::string& name : {cell.cell.id, cell.cell.kernel.name})
      if (faults.contains(name)) try {
          std::rethrow_exception(faults.at(name));
        } catch (const std::exception&) {
          return {.what = Fate::faulty, .fault = current_fault()};
        }
    return {};
  }
  std::vector<std::optional<model::CellResult>> run() {
    const SweepListener listener;
    Teller teller;
    resources::Queue queue(gate, stop.get());
    const Pipeline::Steps steps{.fetch =
                                    [&](const std::string& kernel, std::size_t) {
                                      tell("make " + kernel);
                                      const auto cores = queue.hold({.vcpus = 1, .memory = GiB});
                                      tell("made " + kernel);
                                    },
                                .prepare = [this](PreparedCell& cell) { return prepare(cell); },
                                .run = [this](const PreparedCell& cell, unsigned,
                                              const auto&) -> std::optional<model::CellResult> {
                                  tell(cell.cell.id);
                                  return model::CellResult{.id = cell.cell.id};
                                }};
    Pipeline pipeline({.steps = steps,
                       .out = host.scratch.path(),
                       .queue = queue,
                       .listener = listener,
                       .teller = teller,
                       .builds = 2,
                       .kernels_first = kernels_first,
                       .unbuildable_ends = unbuildable_ends},
                      kernels, cells);
    return pipeline.run();
  }
};

std::exception_ptr fault(const auto& error) {
  return std::make_exception_ptr(error);
}

}  // namespace

TEST_CASE("cells of a kernel run while another one is built") {
  Bench bench;
  bench.kernel("a", "tree");
  bench.kernel("b", "tree", {"patch"});
  bench.cell("a/1", "a");
  bench.cell("b/1", "b");
  std::mutex mutex;
  std::condition_variable changed;
  bench.on_word = [&](const std::string& word) {
    std::unique_lock lock(mutex);
    changed.notify_all();
    if (word == "made b") changed.wait(lock, [&] { return bench.told("a/1"); });
  };
  const auto results = bench.run();
  CHECK((results[0] && results[1]));
  CHECK(bench.words.back() == "b/1");
}

TEST_CASE("in a series no cell runs before all kernels are made") {
  Bench bench;
  bench.kernels_first = true;
  bench.kernel("a", "tree");
  bench.kernel("b", "tree", {"patch"});
  bench.cell("a/1", "a");
  bench.cell("b/1", "b");
  bench.run();
  const auto at = [&](const char* word) { return std::ranges::find(bench.words, word); };
  CHECK(at("made b") < at("a/1"));
}

TEST_CASE("no repetition starts before the first one of a kernel that comes late") {
  Bench bench;
  bench.kernel("a", "tree");
  bench.kernel("late", "tree", {"patch"});
  for (unsigned n = 1; n <= 2; ++n)
    for (const char* kernel : {"a", "late"})
      bench.cell(fmt::format("{}/{}", kernel, n), kernel, n);
  for (PreparedCell& cell : bench.cells)
    cell.levels[0].level.vcpus = 4;  // one at a time
  bench.run();
  const auto at = [&](const char* word) { return std::ranges::find(bench.words, word); };
  CHECK(at("late/1") < at("a/2"));
}

TEST_CASE("the fault of a kernel is the result of its cells, and of no other") {
  Bench bench;
  bench.kernel("bad", "one");
  bench.kernel("good", "two");
  bench.cell("bad/1", "bad");
  bench.cell("good/1", "good");
  bench.faults["bad"] = fault(HostError("no room"));
  const auto results = bench.run();
  CHECK(results[0]->judgement.verdict == model::Verdict::broken);
  CHECK(results[0]->judgement.reason == "no room");
  CHECK(bench.told("good/1"));
}

TEST_CASE("a mistake of the plan is a result where other cells run, and else ends the run") {
  Bench bench;
  bench.kernel("a", "tree");
  bench.cell("a/1", "a");
  bench.cell("a/2", "a");
  bench.faults["a/1"] = fault(ConfigError("no such thing"));
  CHECK(bench.run()[0]->judgement.blame == model::Blame::config);
  bench.faults["a/2"] = bench.faults["a/1"];
  CHECK_THROWS_WITH_AS(bench.run(), "no such thing", ConfigError);
}

TEST_CASE("what an earlier run finished needs no room on the host, and does not run") {
  Bench bench;
  bench.kernel("a", "tree");
  bench.cell("a/1", "a");
  bench.cells[0].levels[0].level.memory = 100 * GiB;
  bench.kept = {"a/1"};
  CHECK(bench.run()[0]->id == "a/1");
  CHECK_FALSE(bench.told("a/1"));
}

TEST_CASE("a kernel that does not build ends the run of who asks for that") {
  Bench bench;
  bench.unbuildable_ends = true;
  bench.kernel("a", "tree");
  bench.cell("a/1", "a");
  bench.faults["a"] = fault(source::Unbuildable("does not build"));
  CHECK_THROWS_AS(bench.run(), source::Unbuildable);
}

TEST_CASE("after a stop request what has not run has no result") {
  Bench bench;
  bench.kernel("a", "tree");
  bench.kernel("b", "tree", {"patch"});
  bench.cell("a/1", "a");
  bench.cell("b/1", "b");
  bench.on_word = [&](const std::string& word) {
    if (word == "made a") ::eventfd_write(bench.stop.get(), 1);
  };
  const auto results = bench.run();
  CHECK_FALSE(results[1]);
}
