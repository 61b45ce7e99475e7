// kproof needs no root: what a user without rights, and without a home, can run.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include "e2e/host_support.hpp"

namespace kproof::e2e::host::user_test {
namespace fs = std::filesystem;

TEST_CASE("a user without rights or a home runs a cell with the embedded driver") {
  if (const std::string missing = no_other_user(); !missing.empty()) return skip(missing);
  const util::ScratchDir scratch("kproof-e2e-");
  const fs::path cache = make_public_cache(scratch.path()), out = scratch.path() / "results/out";
  fs::create_directory(out.parent_path());
  fs::create_directories(cache / "libvirt");  // root's, as where users share a cache
  give_to_other_user({cache, cache / "kernels", cache / "kernels/images", out.parent_path()});
  Program program({as_other_user(command({"run", plan("one"), "--out", out, "-v"})),
                   {{"HOME", "/nonexistent"}, {"KPROOF_CACHE", cache}}});
  check_passed(program.wait(seconds(120)), program.pid(), out);
}

}  // namespace kproof::e2e::host::user_test
