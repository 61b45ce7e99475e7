#include "desk/change.hpp"

#include <doctest/doctest.h>

#include "source/made_up.hpp"
#include "util/error.hpp"

using namespace kproof;
namespace fs = std::filesystem;

namespace {
// Commits v1 (the made-up tree), v2 and v3, of which v2 changes mm/mprotect.c and v3 mm/ksm.c.
struct Repository : source::MadeUpTree {
  Repository() {
    commit("mm/mprotect.c", "int two;\n", "v2");
    commit("mm/ksm.c", "int three;\n", "v3");
  }
  void commit(const fs::path& file, const std::string& text, const std::string& tag) const {
    write(tree / file, text);
    git("add . && git commit -qm 'make it " + tag + "' && git tag " + tag);
  }
  std::string hash(const std::string& revision) const {
    const std::string out = util::run_checked(
        {.argv = {"git", "-C", tree.string(), "rev-parse", revision + "^{commit}"}});
    return out.substr(0, out.find('\n'));
  }
  desk::Change find(const std::vector<std::string>& words) const {
    return desk::find_change(
        desk::look(tree), words, scratch.path() / "kernels", [](std::string_view) {}, -1);
  }
  bool before_is(const desk::Change& change, const std::string& revision) const {
    const auto* git = std::get_if<model::GitRevision>(&change.before.tree);
    return git && git->revision == hash(revision);
  }
};
using Files = std::vector<std::string>;
}  // namespace

TEST_CASE("without a word it is what is not committed, else the last commit") {
  const Repository repository;
  desk::Change change = repository.find({});
  CHECK(repository.before_is(change, "v2"));
  CHECK(change.files == Files{"mm/ksm.c"});
  CHECK(change.after.label.ends_with(" make it v3"));
  repository.write(repository.tree / "mm/gup.c", "int dirty;\n");
  change = repository.find({});
  CHECK(repository.before_is(change, "v3"));
  CHECK(std::holds_alternative<model::WorkTree>(change.after.tree));
  CHECK(change.after.label == "1 file changed");
  CHECK(change.files == Files{"mm/gup.c"});
}

TEST_CASE("a revision is compared with its parent, and a range from end to end") {
  const Repository repository;
  CHECK(repository.find({"v2"}).files == Files{"mm/mprotect.c"});
  CHECK(repository.before_is(repository.find({"v2"}), "v1"));
  CHECK(repository.find({"v1..v3"}).files == Files{"mm/ksm.c", "mm/mprotect.c"});
  CHECK(repository.before_is(repository.find({"v1.."}), "v1"));
  repository.git("checkout -q -b side v1");
  repository.commit("mm/gup.c", "int side;\n", "s");
  CHECK(repository.find({"v3...s"}).files == Files{"mm/gup.c"});
  CHECK(repository.before_is(repository.find({"v3...s"}), "v1"));
}

TEST_CASE("patches are compared with the tree as it is") {
  const Repository repository;
  repository.git("format-patch -q -o " + repository.scratch.path().string() + " v2..v3");
  repository.git("reset -q --hard v2");
  const fs::path patch = repository.scratch.path() / "0001-make-it-v3.patch";
  const desk::Change change = repository.find({patch.string()});
  CHECK(change.files == Files{"mm/ksm.c"});
  CHECK(change.after.label == "with 1 patch");
  CHECK(change.after.patches == Files{patch.string()});
  CHECK(change.before.patches.empty());
}

TEST_CASE("in a bisection it is the oldest good commit and the tree") {
  const Repository repository;
  repository.git("bisect start v3 v1");
  const desk::Change change = repository.find({});
  CHECK(change.bisected == repository.hash("v1"));
  CHECK(repository.before_is(change, "v1"));
  CHECK(change.files == Files{"mm/mprotect.c"});
}

TEST_CASE("what is no revision, has no parent or is no file is told") {
  const Repository repository;
  CHECK_THROWS_WITH_AS(repository.find({"v9"}), doctest::Contains("has no revision `v9`"),
                       ConfigError);
  CHECK_THROWS_WITH_AS(repository.find({"v1"}), doctest::Contains("no commit before it"),
                       ConfigError);
  CHECK_THROWS_WITH_AS(repository.find({"v1", "nope.patch"}),
                       doctest::Contains("there is no file v1"), ConfigError);
}
