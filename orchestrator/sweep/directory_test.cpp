#include "sweep/directory.hpp"

#include <doctest/doctest.h>

#include "util/files.hpp"

using namespace kproof;
namespace fs = std::filesystem;

TEST_CASE("drafts that a killed run left are removed, and what only looks like one stays") {
  const util::ScratchDir dir("kproof-test-");
  const fs::path out = dir.path() / "out";
  { const auto first = sweep::claim_directory(out, "a plan"); }
  fs::create_directories(out / "images");
  const fs::path draft = out / "images/x.cpio.0123456789abcdef.tmp";
  const fs::path cell = out / "cell.json.00000000ffffffff.tmp";
  const fs::path others[] = {out / "x.tmp", out / "0123456789abcdef.tmp",
                             out / "x.0123456789abcdeg.tmp", out / "x.0123456789abcdef.log"};
  for (const fs::path& path : {draft, cell, others[0], others[1], others[2], others[3]})
    util::write_file_atomically(path, "x");
  const auto second = sweep::claim_directory(out, "a plan");
  CHECK_FALSE(fs::exists(draft));
  CHECK_FALSE(fs::exists(cell));
  for (const fs::path& path : others)
    CHECK(fs::exists(path));
}
