// A git tree that stands in for a kernel's source: its "build" takes a kernel of Debian, so that
// what chooses between kernels can be tested with real guests and without hours of compiling. As
// long as it lives, programs get a cache of its own by KPROOF_CACHE.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "e2e/kernel_tree.hpp"
#include "util/files.hpp"

namespace kproof::e2e {

class StandIn {
 public:
  // The first commit, tagged v0, builds to Debian's 6.12.
  StandIn();
  ~StandIn();
  StandIn(const StandIn&) = delete;
  enum class Kernel { debian_6_1, debian_6_12 };
  // A commit that makes it build to another kernel; one that does not compile; one that touches a
  // comment only.
  void commit(const std::string& subject, Kernel kernel) const;
  void commit_broken(const std::string& subject) const;
  void commit_mended(const std::string& subject) const;
  // A commit whose tree builds to 6.1 where CONFIG_CULPRIT is set, which depends on CONFIG_NEEDED;
  // CONFIG_A to CONFIG_H do nothing.
  void commit_options() const;
  void git(const std::string& command) const;
  // Without a commit.
  void use(Kernel kernel) const;
  void write(const std::string& file, const std::string& text) const;
  const std::filesystem::path& tree() const { return tree_; }
  // A plan with the kernel `mine` and these cases, one a line.
  std::filesystem::path plan(const std::string& cases) const;

 private:
  // Found before the cache changes.
  std::string old_ = debian_root("linux-image-amd64"),
              recent_ = debian_root("linux-image-6.12-amd64");
  // On the file system of the usual cache, as a rule, so that modules are links.
  util::ScratchDir scratch_{std::filesystem::path(KPROOF_BUILD_DIR), "stand-in-"};
  std::filesystem::path tree_ = scratch_.path() / "linux";
  std::optional<std::string> cache_;  // KPROOF_CACHE as it was
};

}  // namespace kproof::e2e
