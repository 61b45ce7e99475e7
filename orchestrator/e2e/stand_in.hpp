// A git tree that stands in for a kernel's source: its "build" takes a kernel of Debian, so that
// what chooses between kernels can be tested with real guests and without hours of compiling.
#pragma once

#include <filesystem>
#include <string>

#include "util/files.hpp"

namespace kproof::e2e {

class StandIn {
 public:
  // The first commit, tagged v0, builds to Debian's 6.12.
  StandIn();
  enum class Kernel { debian_6_1, debian_6_12 };
  // A commit that makes it build to another kernel; one that does not compile; one that touches a
  // comment only.
  void commit(const std::string& subject, Kernel kernel) const;
  void commit_broken(const std::string& subject) const;
  void commit_mended(const std::string& subject) const;
  void git(const std::string& command) const;
  const std::filesystem::path& tree() const { return tree_; }
  // A plan with the kernel `mine` and these cases, one a line.
  std::filesystem::path plan(const std::string& cases) const;

 private:
  void write(const std::string& file, const std::string& text) const;
  util::ScratchDir scratch_{"kproof-stand-in"};
  std::filesystem::path tree_ = scratch_.path() / "linux";
};

}  // namespace kproof::e2e
