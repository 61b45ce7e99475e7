#include "bisect/history.hpp"

#include <doctest/doctest.h>

#include "util/error.hpp"
#include "util/files.hpp"
#include "util/subprocess.hpp"

using namespace kproof;
using namespace kproof::bisect;

namespace {
// v0 - a - merge - b, with a side branch of one commit that the merge takes in.
struct Repository {
  const util::ScratchDir scratch{"kproof-history"};
  Repository() {
    git("init -q -b main . && git config user.name A && git config user.email a");
    write("one\n", "one");
    git("tag v0 && git checkout -q -b side && echo s >s && git add s && git commit -qm side");
    git("checkout -q main");
    write("two\n", "two");
    git("merge -q --no-ff -m merge side && ln -s f link && git add link && git commit -qm link");
    git("tag v1");
  }
  void git(const std::string& command) const {
    util::run_checked({.argv = {"sh", "-ec", "git " + command}, .directory = scratch.path()});
  }
  void write(const std::string& text, const std::string& subject) const {
    util::write_file_atomically(scratch.path() / "f", text);
    git("add f && git commit -qm " + subject);
  }
  History history() const { return History(scratch.path()); }
  std::string commit(const std::string& revision) const {
    return history().resolve(revision, "--good");
  }
};
}  // namespace

TEST_CASE(
    "git orders the range, merges and side branches too, and the user's tree stays as it is") {
  const Repository repository;
  util::write_file_atomically(repository.scratch.path() / "f", "dirty\n");
  const auto order =
      repository.history().order({repository.commit("v1"), {repository.commit("v0")}});
  CHECK(order.size() == 4);  // side, two, merge, link
  CHECK(repository.history().subject(repository.commit("v0")) == "one");
  CHECK(util::read_file(repository.scratch.path() / "f") == "dirty\n");
}

TEST_CASE(
    "a range whose good end is not in the history of its bad end is refused with the merge base") {
  const Repository repository;
  const History history = repository.history();
  CHECK_THROWS_AS(history.require_ancestor(repository.commit("v1"), repository.commit("v0")),
                  ConfigError);
  CHECK_THROWS_WITH_AS(history.resolve("v9", "--bad"), doctest::Contains("--bad v9: "),
                       ConfigError);
  history.require_ancestor(repository.commit("side"), repository.commit("v1"));
}
